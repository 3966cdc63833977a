// Text: the parsing and formatting that most programs do.
#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

constexpr int kNumbers = 1000;

std::string Lines() {
  std::string text;
  for (int i = 0; i < kNumbers; ++i) text += std::to_string(i * 7919) + '\n';
  return text;
}

void BM_parse_integers(benchmark::State& state) {
  const std::string text = Lines();
  const std::int64_t expected = 7919LL * (kNumbers - 1) * kNumbers / 2;
  std::int64_t sum = 0;
  for (auto _ : state) {
    sum = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
      std::int64_t value = 0;
      at = std::from_chars(at, end, value).ptr + 1;
      sum += value;
    }
    benchmark::DoNotOptimize(sum);
  }
  if (sum != expected) state.SkipWithError("wrong sum");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(BM_parse_integers);

void BM_count_words(benchmark::State& state) {
  const std::string text = Lines();
  int words = 0;
  for (auto _ : state) {
    words = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      words += end > 0 ? 1 : 0;
      rest.remove_prefix(end + 1);
    }
    benchmark::DoNotOptimize(words);
  }
  if (words != kNumbers) state.SkipWithError("wrong count");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(BM_count_words);

}  // namespace
