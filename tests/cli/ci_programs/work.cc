// One benchmark whose work is told at compile time.
#include <benchmark/benchmark.h>

static void Work(benchmark::State& state) {
  for (auto _ : state) {
    unsigned long x = 1;
    for (int i = 0; i < WORK; ++i) {
      x = x * 6364136223846793005UL + 1;
      benchmark::DoNotOptimize(x);
    }
  }
}
BENCHMARK(Work)->Name("work/any")->MinTime(0.005);
