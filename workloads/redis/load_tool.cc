// One load on a server of ours or another's, result as a line of JSON.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/cpus.h"
#include "redis/load.h"
#include "redis/redis_server.h"

namespace pmubench::redis {
namespace {

int Fail(const Error& error) {
  fmt::print(stderr, "{}\n", error.ToString());
  return ExitCode(error.code);
}

nlohmann::ordered_json Percentiles(const Histogram& histogram) {
  const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e3; };
  return {{"p50", us(histogram.Quantile(0.5))},
          {"p99", us(histogram.Quantile(0.99))},
          {"p99.9", us(histogram.Quantile(0.999))},
          {"max", us(histogram.largest())}};
}

struct ToolOptions {
  LoadOptions load;
  std::string mix = "get";
  bool zipf = false;
  bool preload = true;
  int cpu = -1;
  int server_cpu = -1;
  int port = -1;
};

int Run(ToolOptions& options) {
  const auto mix = FindMix(options.mix);
  if (!mix) return Fail(mix.error());
  options.load.mix = *mix;
  if (options.zipf) options.load.distribution = Distribution::kZipf;
  std::optional<RedisServer> server;
  if (options.load.endpoint.text.empty()) {
    RedisOptions redis;
    redis.port = std::max(options.port, 0);
    redis.cpu = options.server_cpu;
    auto started = StartRedis(redis);
    if (!started) return Fail(started.error());
    server.emplace(*std::move(started));
    options.load.endpoint = server->endpoint;
  }
  if (options.cpu >= 0) {
    if (const auto pinned = PinToCpu(options.cpu); !pinned) return Fail(pinned.error());
  }
  if (options.preload) {
    const Protocol protocol(options.load.keys, options.load.value_size);
    const auto loaded = Preload(options.load.endpoint, protocol, UsesContainers(*mix));
    if (!loaded) return Fail(loaded.error());
  }
  const double before = server ? ProcessCpuSeconds(server->process.pid()) : 0;
  const auto result = RunLoad(options.load);
  if (!result) return Fail(result.error());
  nlohmann::ordered_json out{{"mix", mix->name},
                             {"connections", options.load.connections},
                             {"pipeline", options.load.pipeline},
                             {"keys", options.load.keys},
                             {"loop", options.load.rate > 0 ? "open" : "closed"},
                             {"requests", result->requests},
                             {"seconds", result->seconds},
                             {"requests_per_second", result->per_second()},
                             {"client_busy", result->client_cpu_seconds / result->seconds},
                             {"latency_us", Percentiles(result->latency)}};
  if (options.load.rate > 0) {
    out["rate"] = options.load.rate;
    out["from_send_us"] = Percentiles(result->from_send);
    out["sender_late_us"] = Percentiles(result->lateness);
  }
  if (server) {
    const double used = ProcessCpuSeconds(server->process.pid()) - before;
    out["server_version"] = server->version;
    out["server_cpu_us_per_request"] = used * 1e6 / static_cast<double>(result->requests);
  }
  fmt::print("{}\n", out.dump());
  return 0;
}

}  // namespace
}  // namespace pmubench::redis

int main(int argc, char** argv) {
  using namespace pmubench::redis;  // NOLINT
  ToolOptions options;
  CLI::App app{
      "A checked load on Redis. Without --endpoint it starts a redis-server of its own, fills it "
      "and "
      "stops it."};
  app.add_option("--endpoint", options.load.endpoint.text, "/path/of/socket or 127.0.0.1:port");
  app.add_option("--port", options.port, "our own server listens on this port, not on a socket");
  app.add_option("--mix", options.mix, "get, set, mixed, mget, list, hash or zset");
  app.add_option("--connections", options.load.connections)->capture_default_str();
  app.add_option("--pipeline", options.load.pipeline)->capture_default_str();
  app.add_option("--requests", options.load.requests)->capture_default_str();
  app.add_option("--seconds", options.load.max_seconds, "at most")->capture_default_str();
  app.add_option("--keys", options.load.keys)->capture_default_str();
  app.add_option("--value-size", options.load.value_size)->capture_default_str();
  app.add_option("--rate", options.load.rate, "requests a second, open loop (0: closed loop)");
  app.add_option("--seed", options.load.seed)->capture_default_str();
  app.add_flag("--zipf", options.zipf, "some keys are asked for much more often");
  app.add_flag("!--no-preload", options.preload, "the server has the keys already");
  app.add_option("--cpu", options.cpu, "CPU of the load");
  app.add_option("--server-cpu", options.server_cpu, "CPU of our own server");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return Run(options);
}
