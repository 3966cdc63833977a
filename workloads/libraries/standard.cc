// The C++ standard library: sort, hash map, regular expressions.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <random>
#include <regex>
#include <string>
#include <unordered_map>
#include <vector>

#include "libraries/corpus.h"

namespace pmubench::libraries {
namespace {

void Sort(benchmark::State& state) {
  std::vector<std::uint32_t> shuffled(static_cast<std::size_t>(state.range(0)));
  std::iota(shuffled.begin(), shuffled.end(), 0U);
  std::mt19937 random(1);
  for (std::size_t i = shuffled.size() - 1; i > 0; --i) {
    std::swap(shuffled[i], shuffled[random() % (i + 1)]);
  }
  std::vector<std::uint32_t> values;
  for (auto _ : state) {
    values = shuffled;
    std::sort(values.begin(), values.end());
    benchmark::DoNotOptimize(values.data());
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != i) return state.SkipWithError("not sorted");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Sort)->Name("libstdc++/sort")->Arg(1 << 10)->Arg(1 << 18);

void HashMap(benchmark::State& state) {
  const std::int64_t size = state.range(0);
  std::unordered_map<std::uint64_t, std::uint64_t> map;
  for (std::int64_t i = 0; i < size; ++i) {
    map[static_cast<std::uint64_t>(i) * 0x9E3779B97F4A7C15U] = static_cast<std::uint64_t>(i);
  }
  std::uint64_t i = 0;
  std::uint64_t wrong = 0;
  for (auto _ : state) {
    i = (i + 7919) % static_cast<std::uint64_t>(size);
    const auto found = map.find(i * 0x9E3779B97F4A7C15U);
    wrong += found == map.end() || found->second != i;
  }
  if (wrong != 0) state.SkipWithError("a wrong value");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(HashMap)->Name("libstdc++/hash_map_find")->Arg(1 << 10)->Arg(1 << 20);

/// Words of two letters or more that end in "e", by the library and by hand.
void Regex(benchmark::State& state) {
  const std::string text = GeneratedText(std::size_t{64} << 10);
  std::int64_t expected = 0;
  std::string word;
  for (const char c : text + ' ') {
    const bool end = c == ' ' || c == '\n';
    expected += end && word.size() > 1 && word.ends_with("e");
    word = end ? "" : word + c;
  }
  const std::regex pattern("\\b[a-z]+e\\b");
  std::int64_t count = 0;
  for (auto _ : state) {
    count = std::distance(std::sregex_iterator(text.begin(), text.end(), pattern),
                          std::sregex_iterator());
  }
  if (count != expected) state.SkipWithError("a wrong number of matches");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(Regex)->Name("libstdc++/regex")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pmubench::libraries
