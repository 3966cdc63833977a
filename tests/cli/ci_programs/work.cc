// One benchmark whose name and work are told at compile time. While the file that its variable in
// the environment names says so, a launch does twenty times as much.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>

// The file holds how many launches are slow yet: each one counts it down.
static bool ThisLaunchIsSlow() {
  const char* file = std::getenv(SLOW_VARIABLE);
  int launches = 0;
  if (file == nullptr || !(std::ifstream(file) >> launches) || launches <= 0) return false;
  std::ofstream(file) << launches - 1;
  return true;
}

static void Work(benchmark::State& state) {
  static const int kWork = ThisLaunchIsSlow() ? 20 * WORK : WORK;
  for (auto _ : state) {
    unsigned long x = 1;
    for (int i = 0; i < kWork; ++i) {
      x = x * 6364136223846793005UL + 1;
      benchmark::DoNotOptimize(x);
    }
  }
}
// What names may hold, after the part that tells them apart.
BENCHMARK(Work)->Name(NAME "<b>(1)*\"'|&$\xff")->MinTime(0.005);
