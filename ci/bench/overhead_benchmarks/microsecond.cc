// A benchmark of about a microsecond: dependent multiplications, no memory.
#include <benchmark/benchmark.h>

#include <cstdint>

static void BM_microsecond(benchmark::State& state) {
  std::uint64_t x = 1;
  for (auto _ : state) {
    for (int i = 0; i < 1600; ++i) {
      x = x * 3 + 1;
      benchmark::DoNotOptimize(x);
    }
  }
}
BENCHMARK(BM_microsecond);
