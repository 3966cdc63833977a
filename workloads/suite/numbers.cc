// Arithmetic: a chain of dependent additions, independent ones, and a dot product.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

/// Each step needs the one before it: latency.
void BM_dependent_adds(benchmark::State& state) {
  std::uint64_t x = 1;
  for (auto _ : state) {
    for (int i = 0; i < 64; ++i) {
      x = x * 3 + 1;
      benchmark::DoNotOptimize(x);
    }
  }
  // x(n+1) = 3 x(n) + 1 keeps 2 x + 1 a power of three, times that of the start.
  std::uint64_t expected = 3;
  for (std::int64_t i = 0; i < state.iterations() * 64; ++i) expected *= 3;
  if (2 * x + 1 != expected) state.SkipWithError("wrong value");
}
BENCHMARK(BM_dependent_adds);

/// Four chains side by side: throughput.
void BM_independent_adds(benchmark::State& state) {
  std::uint64_t x[4] = {1, 1, 1, 1};
  for (auto _ : state) {
    for (int i = 0; i < 16; ++i) {
      for (std::uint64_t& chain : x) {
        chain = chain * 3 + 1;
        benchmark::DoNotOptimize(chain);
      }
    }
  }
  if (x[0] != x[1] || x[1] != x[2] || x[2] != x[3]) state.SkipWithError("wrong value");
}
BENCHMARK(BM_independent_adds);

void BM_dot_product(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::vector<double> a(size, 0.5);
  const std::vector<double> b(size, 2.0);
  double sum = 0;
  for (auto _ : state) {
    sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += a[i] * b[i];
    benchmark::DoNotOptimize(sum);
  }
  // Every term is exactly 1.
  if (sum != static_cast<double>(size)) state.SkipWithError("wrong sum");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_dot_product)->Arg(1024);

}  // namespace
