// pmubench_server: any server as a benchmark, from a command to start it and one to load it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "platform/cpu_list.h"
#include "runner/argv.h"
#include "runner/gbench/run_benchmarks.h"
#include "server/benchmark.h"

namespace pmubench {
namespace {

constexpr const char* kFooter =
    R"(In the commands {port} stands for a free port of 127.0.0.1, {folder} for the server's temporary
folder, which is its working directory and vanishes with it, {pid} for the server's process. --start
must not go to the background. It is ready when --answers takes connections (an address as
127.0.0.1:{port}, the standard where --start names {port}, or {folder}/socket), or when --ready ends
with 0.

What is counted is the server: every thread and child process of it. With --requests or
--requests-from all figures are by request; else by load. Let a load take seconds: its own start is
in the time. Google Benchmark's flags and --pmubench_... are taken too.

Example:
  pmubench run server --kernel -- --start 'memcached -u nobody -l 127.0.0.1 -p {port} -t 2' \
    --load 'ci/examples/memcached-load 127.0.0.1 {port} --requests 200000' \
    --requests-from 'requests: ([0-9]+)' --figure 'p99_us=p99_us: ([0-9.]+)' --repetitions 5)";

int Fail(const Error& error) {
  fmt::print(stderr, "pmubench: {}\n", error.ToString());
  return ExitCode(error.code);
}

/// The options as they are typed.
struct Typed {
  ServerPlan plan;
  std::string requests_from;
  std::vector<std::string> figures;
  std::string server_cpus;
  std::string load_cpus;
  int repetitions = 1;
};

void AddOptions(CLI::App& app, Typed& typed) {
  ServerPlan& plan = typed.plan;
  app.add_option("--start", plan.start, "command that is the server, in the foreground");
  app.add_option("--load", plan.load, "command that loads it, from start to end");
  app.add_option("--ready", plan.ready, "command that ends with 0 once the server is ready");
  app.add_option("--answers", plan.answers, "or: the address that takes connections by then");
  app.add_option("--prepare", plan.prepare, "command, once, before the first load: fills it");
  app.add_option("--requests", plan.requests, "how many requests a load makes");
  app.add_option("--requests-from", typed.requests_from,
                 "or: regular expression that finds their number in the load's output");
  app.add_option(
      "--figure", typed.figures,
      "NAME=EXPRESSION: another number of the load's output, for the record; repeatable");
  app.add_option("--name", plan.name, "of the benchmark: server/NAME (the server's program)");
  app.add_option("--repetitions", typed.repetitions, "how often each group of events is measured")
      ->check(CLI::PositiveNumber);
  app.add_option("--port", plan.port, "what {port} stands for (one that is free)")
      ->check(CLI::Range(1, 65535));
  app.add_option("--server-cpus", typed.server_cpus,
                 "list, e.g. 0-3 (the first half, or those not of --load-cpus)");
  app.add_option("--load-cpus", typed.load_cpus, "list (the others)");
  app.add_option("--ready-seconds", plan.ready_seconds, "how long the start may take")
      ->capture_default_str();
  app.add_option("--load-seconds", plan.load_seconds, "how long a load may take")
      ->capture_default_str();
  app.footer(kFooter);
}

Result<ServerPlan> PlanOf(Typed typed) {
  ServerPlan plan = std::move(typed.plan);
  if (!typed.requests_from.empty()) {
    auto figure = Figure::Parse(typed.requests_from);
    if (!figure) return figure.error();
    plan.request_count = *std::move(figure);
  }
  for (const std::string& text : typed.figures) {
    auto figure = Figure::ParseNamed(text);
    if (!figure) return figure.error();
    plan.figures.push_back(*std::move(figure));
  }
  for (const auto& [text, cpus] : {std::pair(&typed.server_cpus, &plan.server_cpus),
                                   std::pair(&typed.load_cpus, &plan.load_cpus)}) {
    if (text->empty()) continue;
    auto list = ParseCpuList(*text);
    if (!list) return list.error();
    *cpus = *std::move(list);
  }
  return CompletePlan(std::move(plan));
}

int Main(int argc, char** argv) {
  CLI::App app{"Any server under a load of yours, with metrics of the server"};
  Typed typed;
  AddOptions(app, typed);
  app.allow_extras();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const int repetitions = typed.repetitions;
  auto plan = PlanOf(std::move(typed));
  if (!plan) return Fail(plan.error());

  std::vector<std::string> rest = app.remaining();
  rest.insert(rest.begin(), argv[0]);
  const bool list = std::any_of(rest.begin(), rest.end(), [](const std::string& argument) {
    return argument.starts_with("--benchmark_list_tests") && !argument.ends_with("=false");
  });
  if (repetitions > 1) rest.push_back(fmt::format("--benchmark_repetitions={}", repetitions));
  std::optional<ServerRun> run;
  if (!list) {
    auto started = ServerRun::Start(*plan);
    if (!started) return Fail(started.error());
    run.emplace(*std::move(started));
  }
  benchmark::AddCustomContext("counted", plan->start);
  RegisterServer(*plan, run ? &*run : nullptr);
  std::vector<char*> pointers = Pointers(rest);
  return gbench::RunLinked(static_cast<int>(rest.size()), pointers.data(), /*loop_hooked=*/true);
}

}  // namespace
}  // namespace pmubench

int main(int argc, char** argv) { return pmubench::Main(argc, argv); }
