// Branches that a predictor can learn, and branches that it cannot.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace {

constexpr std::size_t kValues = 4096;

std::vector<std::uint32_t> RandomValues() {
  std::mt19937 generator(42);
  std::uniform_int_distribution<std::uint32_t> value(0, 255);
  std::vector<std::uint32_t> values(kValues);
  for (auto& v : values) v = value(generator);
  return values;
}

/// Adds up the values over 127 with a branch that the compiler must keep.
std::uint64_t SumLarge(const std::vector<std::uint32_t>& values) {
  std::uint64_t sum = 0;
  for (const std::uint32_t value : values) {
    if (value > 127) {
      sum += value;
      benchmark::DoNotOptimize(sum);
    }
  }
  return sum;
}

void SumOver(benchmark::State& state, const std::vector<std::uint32_t>& values) {
  std::uint64_t expected = 0;
  for (const std::uint32_t value : values) expected += value > 127 ? value : 0;
  std::uint64_t sum = 0;
  for (auto _ : state) {
    sum = SumLarge(values);
    benchmark::DoNotOptimize(sum);
  }
  if (sum != expected) state.SkipWithError("wrong sum");
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kValues));
}

void BM_branches_sorted(benchmark::State& state) {
  std::vector<std::uint32_t> values = RandomValues();
  std::sort(values.begin(), values.end());
  SumOver(state, values);
}
BENCHMARK(BM_branches_sorted);

void BM_branches_random(benchmark::State& state) { SumOver(state, RandomValues()); }
BENCHMARK(BM_branches_random);

void BM_sort(benchmark::State& state) {
  const std::vector<std::uint32_t> values = RandomValues();
  std::vector<std::uint32_t> sorted;
  for (auto _ : state) {
    sorted = values;
    std::sort(sorted.begin(), sorted.end());
    benchmark::DoNotOptimize(sorted.data());
  }
  if (!std::is_sorted(sorted.begin(), sorted.end())) state.SkipWithError("not sorted");
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kValues));
}
BENCHMARK(BM_sort);

}  // namespace
