#include <benchmark/benchmark.h>

#include <string>

static void BM_string(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(std::string(100, 'x'));
}
BENCHMARK(BM_string);
