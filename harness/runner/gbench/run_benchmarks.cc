#include "runner/gbench/run_benchmarks.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "pmubench/gbench.h"
#include "runner/argv.h"
#include "runner/gbench/flags.h"
#include "runner/gbench/suite.h"

namespace pmubench {
namespace gbench {
namespace {

// `pmubench run` looks for this text in a binary to learn that it was linked with pmubench.
[[gnu::used]] const char kLinkedMarker[] = "pmubench-linked-suite/1";

void PrintHelp() {
  benchmark::PrintDefaultHelp();
  std::fputs(FlagsHelp(), stdout);
}

}  // namespace

int RunLinked(int argc, char** argv, bool loop_hooked) {
  std::vector<char*> own(argv, argv + argc);
  own.push_back(nullptr);
  auto flags = TakeFlags(&argc, own.data());
  if (!flags) {
    std::cerr << "pmubench: " << flags.error().ToString() << '\n';
    return 2;
  }
  if (flags->help) {
    PrintHelp();
    return 0;
  }
  const std::string executable = argc > 0 ? own[0] : "";
  Suite suite(*flags, {.loop_hooked = loop_hooked, .method = "loop"}, executable);
  if (auto prepared = suite.Prepare(); !prepared) {
    std::cerr << "pmubench: " << prepared.error().ToString() << '\n';
    return ExitCode(prepared.error().code);
  }
  // Ours first, so that --benchmark_counters_tabular stays the user's choice; Google Benchmark
  // keeps the last value of a flag, so the repetitions go to the end.
  std::vector<std::string> arguments{executable, "--benchmark_counters_tabular=true"};
  arguments.insert(arguments.end(), own.data() + 1, own.data() + argc);
  const auto injected = suite.EngineArguments();
  arguments.insert(arguments.end(), injected.begin(), injected.end());
  std::vector<char*> pointers = Pointers(arguments);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 2;
  // Never deleted: up to 1.9.5 Google Benchmark keeps the pointer in a static of its own.
  benchmark::BenchmarkReporter* display = benchmark::CreateDefaultDisplayReporter();
  Engine engine;
  engine.run = [](benchmark::BenchmarkReporter* reporter, const std::string& spec) {
    return spec.empty() ? benchmark::RunSpecifiedBenchmarks(reporter)
                        : benchmark::RunSpecifiedBenchmarks(reporter, spec);
  };
  const int exit_code = suite.Run(engine, *display);
  benchmark::Shutdown();
  return exit_code;
}

}  // namespace gbench

int RunBenchmarks(int argc, char** argv) { return gbench::RunLinked(argc, argv, false); }

}  // namespace pmubench
