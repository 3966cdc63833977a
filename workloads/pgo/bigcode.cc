// Front-end bound by construction: far more code than any first-level instruction cache holds. The
// compiler makes 600 functions of one template, each with cold blocks between the warm ones, and
// the program calls them in an order that no prefetcher guesses.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

// Visible from outside: following what may be stored in it takes clang time squared in functions.
std::uint64_t cold_hits = 0;

namespace {

constexpr int kFunctions = 600;

struct State {
  std::uint64_t slots[16] = {};
  std::uint64_t limit = ~std::uint64_t{0} - 8;  // in practice never reached: what it guards is cold
};

// Straight code of some 250 bytes. A macro, since it has to lie inside its caller to be in the way,
// and forced inlining of so many templates takes the compiler minutes.
#define COLD_LINE(i)                                                                 \
  state.slots[i] = (state.slots[i] ^ (N * 40503u + (i))) * (2u * N + 2u * (i) + 1u); \
  cold_hits += state.slots[i] >> 60;
#define COLD_BLOCK COLD_LINE(0) COLD_LINE(3) COLD_LINE(5) COLD_LINE(7) COLD_LINE(11) COLD_LINE(13)
#define WARM_BLOCK(step)                                                       \
  value = value * (2u * (N % 97) + 3u) + state.slots[(N * 7 + (step)*3) % 16]; \
  if (value > state.limit - (step)) {                                          \
    COLD_BLOCK                                                                 \
  }                                                                            \
  state.slots[(N * 7 + (step)*3) % 16] = value >> ((step) % 5 + 1);

template <unsigned N>
[[gnu::noinline]] std::uint64_t Function(State& state, std::uint64_t value) {
  WARM_BLOCK(1)
  WARM_BLOCK(2)
  WARM_BLOCK(3)
  WARM_BLOCK(4)
  return value;
}

using Entry = std::uint64_t (*)(State&, std::uint64_t);

template <unsigned... N>
constexpr std::array<Entry, sizeof...(N)> Table(std::integer_sequence<unsigned, N...>) {
  return {&Function<N>...};
}

constexpr auto kTable = Table(std::make_integer_sequence<unsigned, kFunctions>());

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 200;
  State state;
  std::uint64_t value = 1;
  std::uint32_t next = 1;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < kFunctions; ++i) {
      next = (next * 1103515245u + 12345u) & 0x7FFFFFFF;
      // Three of four functions are never called: they lie between those that are.
      value = kTable[((next >> 8) % kFunctions) & ~3u](state, value);
    }
  }
  std::printf("%llu %llu\n", static_cast<unsigned long long>(value),
              static_cast<unsigned long long>(cold_hits));
}
