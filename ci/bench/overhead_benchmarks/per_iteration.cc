// An almost empty loop whose number of iterations the environment gives, to count instructions
// per iteration as a slope.
#include <benchmark/benchmark.h>

#include <cstdlib>

static void BM_per_iteration(benchmark::State& state) {
  for (auto _ : state) benchmark::ClobberMemory();
}

static const bool registered = [] {
  const char* iterations = std::getenv("OVERHEAD_ITERATIONS");
  benchmark::RegisterBenchmark("BM_per_iteration", BM_per_iteration)
      ->Iterations(iterations == nullptr ? 1000 : std::atol(iterations));
  return true;
}();
