// Google Benchmark's view of Redis: an iteration is a request. Throughput is closed loop; latency
// is open loop at shares of the throughput found. What is counted is the server.
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
#include "pmubench/gbench.h"
#include "redis/load.h"
#include "redis/redis_server.h"

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

/// Ends a benchmark whose load failed. Where that was the server's end, the next one has to see it.
void Fail(benchmark::State& state, RedisServer& server, const Error& error) {
  server.process.AwaitEnd();
  state.SkipWithError(error.ToString().c_str());
}

/// One server for all benchmarks, started and preloaded at the first; it ends with us. One that
/// cannot be started ends the program: no benchmark could run. One that was killed has failed its
/// benchmark; the next has a new one.
RedisServer& Server() {
  static std::unique_ptr<RedisServer> server;
  if (server != nullptr && server->process.Running()) return *server;
  const bool first = server == nullptr;
  RedisOptions options;
  options.port = static_cast<int>(NumberSetting("PMUBENCH_REDIS_PORT", 0, 0, 65535));
  const std::vector<int> cpus = AllowedCpus();
  if (cpus.size() > 1) options.cpu = cpus.front();  // the load runs on the last one
  auto started = StartRedis(options);
  if (!started) RefuseSetting(started.error().ToString());
  server = std::make_unique<RedisServer>(*std::move(started));
  const LoadOptions load = StandardLoad();
  const Protocol protocol(load.keys, load.value_size);
  if (const auto loaded = Preload(server->endpoint, protocol, true); !loaded) {
    RefuseSetting(loaded.error().ToString());
  }
  if (first) {
    benchmark::AddCustomContext("redis_version", server->version);
    benchmark::AddCustomContext("counted", "redis-server, every thread");
  }
  return *server;
}

/// The throughput of the last closed loop, from which the open loop takes its rate.
double& Peak() {
  static double peak = 0;
  return peak;
}

void Report(benchmark::State& state, const LoadResult& result, double server_cpu) {
  const auto requests = static_cast<double>(std::max<std::uint64_t>(result.requests, 1));
  state.counters["requests_per_s"] = result.per_second();
  state.counters["p50_us"] = static_cast<double>(result.latency.Quantile(0.5)) / 1e3;
  state.counters["p99_us"] = static_cast<double>(result.latency.Quantile(0.99)) / 1e3;
  state.counters["p99.9_us"] = static_cast<double>(result.latency.Quantile(0.999)) / 1e3;
  state.counters["max_us"] = static_cast<double>(result.latency.largest()) / 1e3;
  state.counters["server_cpu_us_per_request"] = server_cpu * 1e6 / requests;
  state.counters["client_busy"] = result.client_cpu_seconds / result.seconds;
}

void Run(benchmark::State& state, const std::string& mix, int pipeline, double share) {
  RedisServer& server = Server();
  const PinnedHere pin(AllowedCpus().back());
  LoadOptions load = StandardLoad();
  load.endpoint = server.endpoint;
  load.mix = *FindMix(mix);
  load.pipeline = pipeline;
  load.max_seconds = 600;
  load.requests = state.max_iterations;
  if (share > 0) {
    if (Peak() == 0) {  // this benchmark alone was asked for
      LoadOptions probe = load;
      probe.requests = 50'000;
      const auto found = RunLoad(probe);
      if (!found) return Fail(state, server, found.error());
      Peak() = found->per_second();
    }
    load.rate = share * Peak();
  }
  const pid_t pid = server.process.pid();
  const CountedProcess counted(pid);
  const double cpu = ProcessCpuSeconds(pid);
  Result<LoadResult> result = LoadResult{};
  while (state.KeepRunningBatch(state.max_iterations)) result = RunLoad(load);
  if (!result) return Fail(state, server, result.error());
  if (result->requests < load.requests) {  // an iteration would not be a request
    return state.SkipWithError(
        fmt::format("{} of {} requests in {} s: give a shorter --benchmark_min_time",
                    result->requests, load.requests, load.max_seconds)
            .c_str());
  }
  if (share == 0 && mix == "get" && pipeline == 1) Peak() = result->per_second();
  Report(state, *result, ProcessCpuSeconds(pid) - cpu);
  if (share > 0) {
    state.counters["sender_late_p99_us"] =
        static_cast<double>(result->lateness.Quantile(0.99)) / 1e3;
    state.counters["rate"] = load.rate;
  }
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
