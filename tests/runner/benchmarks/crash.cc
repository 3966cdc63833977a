// Crashes midway, after one benchmark was measured.
#include <benchmark/benchmark.h>

#include <csignal>

namespace {

void BM_before(benchmark::State& state) {
  for (auto _ : state) benchmark::ClobberMemory();
}
BENCHMARK(BM_before)->Iterations(1000);

void BM_crash(benchmark::State& state) {
  for (auto _ : state) raise(SIGSEGV);
}
BENCHMARK(BM_crash)->Iterations(1);

}  // namespace
