// What never changes: when these figures step, the machine did. Keep the built program from night
// to night, and never edit this file: another compiler or another line is another canary.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

namespace {

// The core and its clock: a chain of dependent operations in registers.
void Arithmetic(benchmark::State& state) {
  std::uint64_t value = 1;
  for (auto _ : state) {
    for (int i = 0; i < 1000; ++i) {
      value ^= value << 13;
      value ^= value >> 7;
      value ^= value << 17;
    }
    benchmark::DoNotOptimize(value);
  }
}

// A cycle through `count` cache lines in an order that no prefetcher guesses.
std::vector<std::uint32_t> Cycle(std::uint32_t count) {
  constexpr std::uint32_t kStride = 16;
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::uint64_t random = 88172645463325252ULL;
  for (std::uint32_t i = count - 1; i > 0; --i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    std::swap(order[i], order[random % i]);  // Sattolo: one cycle through all
  }
  std::vector<std::uint32_t> next(static_cast<std::size_t>(count) * kStride);
  for (std::uint32_t i = 0; i < count; ++i) {
    next[static_cast<std::size_t>(order[i]) * kStride] = order[(i + 1) % count] * kStride;
  }
  return next;
}

// Latency of the caches and of memory, by size.
void Latency(benchmark::State& state) {
  const auto next = Cycle(static_cast<std::uint32_t>(state.range(0) / 64));
  std::uint32_t place = 0;
  for (auto _ : state) {
    for (int i = 0; i < 1000; ++i) place = next[place];
    benchmark::DoNotOptimize(place);
  }
}

// Bandwidth beyond the caches.
void Copy(benchmark::State& state) {
  const std::size_t size = 64U << 20;
  const std::vector<char> from(size, 1);
  std::vector<char> to(size, 2);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), size);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * size);
}

BENCHMARK(Arithmetic)->Name("canary/arithmetic");
BENCHMARK(Latency)->Name("canary/latency")->Arg(16 << 10)->Arg(256 << 10)->Arg(32 << 20);
BENCHMARK(Copy)->Name("canary/copy");

}  // namespace
