// Memory: latency of dependent loads, bandwidth of a copy, misses of a hash table.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>
#include <unordered_map>
#include <vector>

namespace {

/// Follows a random cycle through `range(0)` bytes: every load waits for the one before it.
void BM_pointer_chase(benchmark::State& state) {
  struct alignas(64) Node {
    std::size_t next;
  };
  const auto count = static_cast<std::size_t>(state.range(0)) / sizeof(Node);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin() + 1, order.end(), std::mt19937(42));
  std::vector<Node> nodes(count);
  for (std::size_t i = 0; i < count; ++i) nodes[order[i]].next = order[(i + 1) % count];
  std::size_t at = 0;
  for (auto _ : state) {
    at = nodes[at].next;
    benchmark::DoNotOptimize(at);
  }
  // The cycle has one place for every number of steps.
  if (at != order[static_cast<std::size_t>(state.iterations()) % count]) {
    state.SkipWithError("left the cycle");
  }
}
BENCHMARK(BM_pointer_chase)->Arg(16 << 10)->Arg(512 << 10)->Arg(32 << 20);

void BM_copy(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  const std::vector<char> from(bytes, 'x');
  std::vector<char> to(bytes);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), bytes);
    benchmark::ClobberMemory();
  }
  if (to != from) state.SkipWithError("wrong copy");
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_copy)->Arg(8 << 10)->Arg(8 << 20);

void BM_hash_lookup(benchmark::State& state) {
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  std::unordered_map<std::uint64_t, std::uint64_t> table;
  for (std::uint64_t key = 0; key < keys; ++key) table.emplace(key, key * 3);
  std::uint64_t key = 1;
  bool right = true;
  for (auto _ : state) {
    key = (key * 6364136223846793005ULL + 1442695040888963407ULL) % keys;
    const auto found = table.find(key);
    right &= found != table.end() && found->second == key * 3;
    benchmark::DoNotOptimize(right);
  }
  if (!right) state.SkipWithError("wrong value");
}
BENCHMARK(BM_hash_lookup)->Arg(1 << 10)->Arg(1 << 18);

}  // namespace
