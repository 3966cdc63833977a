// For LD_PRELOAD over a benchmark that is linked already, with the shared Google Benchmark: these
// definitions stand before the library's own, and find those by dlsym(RTLD_NEXT).
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "runner/argv.h"
#include "runner/gbench/flags.h"
#include "runner/gbench/hooks.h"
#include "runner/gbench/run_benchmarks.h"
#include "runner/gbench/suite.h"
#include "runner/gbench/symbols.h"

namespace {

namespace gbench = pmubench::gbench;
using benchmark::BenchmarkReporter;

constexpr const char* kRunSymbol =
    "_ZN9benchmark22RunSpecifiedBenchmarksEPNS_17BenchmarkReporterES1_NSt7__cxx1112basic_"
    "stringIcSt11char_traitsIcESaIcEEE";
constexpr const char* kInitializeSymbol = "_ZN9benchmark10InitializeEPiPPcPFvvE";

template <typename Function>
Function Original(const char* symbol) {
  void* found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) {
    std::cerr << "pmubench: this Google Benchmark has no " << symbol
              << "; link with pmubench::gbench_main instead\n";
    std::abort();
  }
  return reinterpret_cast<Function>(found);
}

std::size_t RealRun(BenchmarkReporter* display, BenchmarkReporter* file, const std::string& spec) {
  using Run = std::size_t (*)(BenchmarkReporter*, BenchmarkReporter*, std::string);
  static const Run run = Original<Run>(kRunSymbol);
  return run(display, file, spec);
}

// The library's functions take no context, so what Initialize found waits here for the run.
std::unique_ptr<gbench::Suite> suite;
// Google Benchmark's overloads call each other, and the start-up test runs a benchmark.
bool inside = false;

[[noreturn]] void Fail(const pmubench::Error& error) {
  std::cerr << "pmubench: " << error.ToString() << '\n';
  std::exit(pmubench::ExitCode(error.code));
}

/// Takes pmubench's flags and makes the suite.
gbench::Suite& Prepare(int* argc, char** argv) {
  auto flags = gbench::TakeFlags(argc, argv);
  if (!flags) Fail(flags.error());
  suite = std::make_unique<gbench::Suite>(
      *flags, gbench::Entry{.loop_hooked = true, .method = "preload"}, argv[0]);
  inside = true;
  if (auto prepared = suite->Prepare(); !prepared) Fail(prepared.error());
  inside = false;
  return *suite;
}

std::size_t RunSuite(BenchmarkReporter* display, const std::string& spec) {
  if (inside) return RealRun(display, nullptr, spec);
  if (!suite) {
    int argc = 1;
    char name[] = "benchmark";
    char* argv[] = {name, nullptr};
    Prepare(&argc, argv);
  }
  if (display == nullptr) display = benchmark::CreateDefaultDisplayReporter();
  std::size_t matched = 0;
  gbench::Engine engine;
  engine.run = [&](BenchmarkReporter* reporter, const std::string& missing) {
    const std::size_t ran = RealRun(reporter, nullptr, missing.empty() ? spec : missing);
    matched = std::max(matched, ran);
    return ran;
  };
  inside = true;
  suite->Run(engine, *display);
  inside = false;
  return matched;
}

}  // namespace

namespace benchmark {

void Initialize(int* argc, char** argv, void (*helper)()) {
  using Real = void (*)(int*, char**, void (*)());
  static const Real real = Original<Real>(kInitializeSymbol);
  // Programs that the benchmarks start are not to be measured.
  unsetenv("LD_PRELOAD");
  const gbench::Suite& prepared = Prepare(argc, argv);
  std::vector<std::string> arguments(argv, argv + *argc);
  arguments.insert(arguments.begin() + 1, "--benchmark_counters_tabular=true");
  const auto injected = prepared.EngineArguments();
  arguments.insert(arguments.end(), injected.begin(), injected.end());
  std::vector<char*> pointers = pmubench::Pointers(arguments);
  int count = static_cast<int>(arguments.size());
  real(&count, pointers.data(), helper);
  // What Google Benchmark left are arguments of the program's own, in their order.
  int kept = 1;
  for (int i = 1, next = 1; i < *argc && next < count; ++i) {
    if (std::string_view(argv[i]) == pointers[static_cast<std::size_t>(next)]) {
      argv[kept++] = argv[i];
      ++next;
    }
  }
  *argc = kept;
  argv[kept] = nullptr;
}

std::size_t RunSpecifiedBenchmarks() { return RunSuite(nullptr, GetBenchmarkFilter()); }
std::size_t RunSpecifiedBenchmarks(std::string spec) { return RunSuite(nullptr, spec); }
std::size_t RunSpecifiedBenchmarks(BenchmarkReporter* display) {
  return RunSuite(display, GetBenchmarkFilter());
}
std::size_t RunSpecifiedBenchmarks(BenchmarkReporter* display, std::string spec) {
  return RunSuite(display, spec);
}
std::size_t RunSpecifiedBenchmarks(BenchmarkReporter* display, BenchmarkReporter* file) {
  return inside ? RealRun(display, file, GetBenchmarkFilter())
                : RunSuite(display, GetBenchmarkFilter());
}
std::size_t RunSpecifiedBenchmarks(BenchmarkReporter* display, BenchmarkReporter* file,
                                   std::string spec) {
  return inside ? RealRun(display, file, spec) : RunSuite(display, spec);
}

}  // namespace benchmark

#define PMUBENCH_STRING_(text) #text
#define PMUBENCH_STRING(text) PMUBENCH_STRING_(text)
#define PMUBENCH_ORIGINAL(symbol) Original<void (*)(benchmark::State*)>(PMUBENCH_STRING(symbol))

// NOLINTBEGIN(bugprone-reserved-identifier): the ABI prescribes these names.
extern "C" {

void PMUBENCH_GBENCH_START(benchmark::State* state) {
  static const auto real = PMUBENCH_ORIGINAL(PMUBENCH_GBENCH_START);
  gbench::StartKeepRunning(state, real);
}
void PMUBENCH_GBENCH_FINISH(benchmark::State* state) {
  static const auto real = PMUBENCH_ORIGINAL(PMUBENCH_GBENCH_FINISH);
  gbench::FinishKeepRunning(state, real);
}
void PMUBENCH_GBENCH_PAUSE(benchmark::State* state) {
  static const auto real = PMUBENCH_ORIGINAL(PMUBENCH_GBENCH_PAUSE);
  gbench::PauseTiming(state, real);
}
void PMUBENCH_GBENCH_RESUME(benchmark::State* state) {
  static const auto real = PMUBENCH_ORIGINAL(PMUBENCH_GBENCH_RESUME);
  gbench::ResumeTiming(state, real);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)
