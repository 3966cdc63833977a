// Google Benchmark's view of Redis: an iteration is a request. Throughput is closed loop; latency
// is open loop at shares of the throughput found. What the server used is counted on the server.
// Settings from the environment:
//   PMUBENCH_REDIS_CONNECTIONS  connections (50)
//   PMUBENCH_REDIS_KEYS         keys (100000)
//   PMUBENCH_REDIS_VALUE        bytes a value (32)
//   PMUBENCH_REDIS_ZIPF         1: Zipf keys (uniform)
//   PMUBENCH_REDIS_PORT         TCP port of 127.0.0.1 (a unix socket)
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "common/cpus.h"
#include "common/settings.h"
#include "redis/load.h"
#include "redis/redis_server.h"
#include "server/task_counters.h"

namespace pmubench::redis {
namespace {

LoadOptions StandardLoad() {
  LoadOptions load;
  load.connections = static_cast<int>(NumberSetting("PMUBENCH_REDIS_CONNECTIONS", 50, 1, 1000));
  load.keys =
      static_cast<std::uint32_t>(NumberSetting("PMUBENCH_REDIS_KEYS", 100'000, 1, 100'000'000));
  load.value_size =
      static_cast<std::uint32_t>(NumberSetting("PMUBENCH_REDIS_VALUE", 32, 16, 1'000'000));
  load.distribution = NumberSetting("PMUBENCH_REDIS_ZIPF", 0, 0, 1) != 0 ? Distribution::kZipf
                                                                         : Distribution::kUniform;
  return load;
}

/// One server for all benchmarks, started and preloaded at the first; it ends with us.
Result<RedisServer*> Server() {
  static std::unique_ptr<RedisServer> server;
  static Error failure;
  if (server != nullptr && server->process.Running()) return server.get();
  if (!failure.message.empty()) return failure;
  RedisOptions options;
  options.port = static_cast<int>(NumberSetting("PMUBENCH_REDIS_PORT", 0, 0, 65535));
  const std::vector<int> cpus = AllowedCpus();
  if (cpus.size() > 1) options.cpu = cpus.front();  // the load runs on the last one
  auto started = StartRedis(options);
  if (!started) return failure = started.error();
  server = std::make_unique<RedisServer>(*std::move(started));
  const LoadOptions load = StandardLoad();
  const Protocol protocol(load.keys, load.value_size);
  if (const auto loaded = Preload(server->endpoint, protocol, true); !loaded) {
    return failure = loaded.error();
  }
  benchmark::AddCustomContext("redis_version", server->version);
  return server.get();
}

/// The throughput of the last closed loop, from which the open loop takes its rate.
double& Peak() {
  static double peak = 0;
  return peak;
}

void Report(benchmark::State& state, const LoadResult& result, double server_cpu,
            const TaskCounts& counts) {
  const auto requests = static_cast<double>(std::max<std::uint64_t>(result.requests, 1));
  state.counters["requests_per_s"] = result.per_second();
  state.counters["p50_us"] = static_cast<double>(result.latency.Quantile(0.5)) / 1e3;
  state.counters["p99_us"] = static_cast<double>(result.latency.Quantile(0.99)) / 1e3;
  state.counters["p99.9_us"] = static_cast<double>(result.latency.Quantile(0.999)) / 1e3;
  state.counters["max_us"] = static_cast<double>(result.latency.largest()) / 1e3;
  state.counters["server_cpu_us_per_request"] = server_cpu * 1e6 / requests;
  state.counters["client_busy"] = result.client_cpu_seconds / result.seconds;
  for (const TaskCount& count : counts.counts) {
    state.counters["server_" + count.name + "_per_request"] = count.value / requests;
  }
}

void Run(benchmark::State& state, const std::string& mix, int pipeline, double share) {
  const auto server = Server();
  if (!server) return state.SkipWithError(server.error().ToString().c_str());
  const PinnedHere pin(AllowedCpus().back());
  LoadOptions load = StandardLoad();
  load.endpoint = (*server)->endpoint;
  load.mix = *FindMix(mix);
  load.pipeline = pipeline;
  load.max_seconds = 20;
  load.requests = state.max_iterations;
  if (share > 0) {
    if (Peak() == 0) {  // this benchmark alone was asked for
      LoadOptions probe = load;
      probe.requests = 50'000;
      const auto found = RunLoad(probe);
      if (!found) return state.SkipWithError(found.error().ToString().c_str());
      Peak() = found->per_second();
    }
    load.rate = share * Peak();
  }
  const pid_t pid = (*server)->process.pid();
  TaskCounters counters(pid);
  const double cpu = ProcessCpuSeconds(pid);
  counters.Start();
  Result<LoadResult> result = LoadResult{};
  while (state.KeepRunningBatch(state.max_iterations)) result = RunLoad(load);
  const TaskCounts counts = counters.Stop();
  if (!result) return state.SkipWithError(result.error().ToString().c_str());
  if (share == 0 && mix == "get" && pipeline == 1) Peak() = result->per_second();
  Report(state, *result, ProcessCpuSeconds(pid) - cpu, counts);
  if (share > 0) {
    state.counters["sender_late_p99_us"] =
        static_cast<double>(result->lateness.Quantile(0.99)) / 1e3;
    state.counters["rate"] = load.rate;
  }
  if (!counts.missing.empty()) state.SetLabel(counts.missing);
}

bool RegisterAll() {
  (void)StandardLoad();  // a setting that is none ends the program here, not in a benchmark
  for (const Mix& mix : Mixes()) {
    for (const int pipeline : {1, 16}) {
      benchmark::RegisterBenchmark(
          fmt::format("redis/{}/closed/pipeline:{}", mix.name, pipeline).c_str(),
          [name = mix.name, pipeline](benchmark::State& state) { Run(state, name, pipeline, 0); })
          ->UseRealTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
  for (const int percent : {20, 50, 80}) {
    benchmark::RegisterBenchmark(
        fmt::format("redis/get/open/{}%", percent).c_str(),
        [percent](benchmark::State& state) { Run(state, "get", 1, percent / 100.0); })
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
  }
  return true;
}

[[maybe_unused]] const bool kRegistered = RegisterAll();

}  // namespace
}  // namespace pmubench::redis
