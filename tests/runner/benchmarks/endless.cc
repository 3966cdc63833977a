// One benchmark that ends, then one that does not: for Ctrl-C.
#include <benchmark/benchmark.h>
#include <unistd.h>

namespace {

void BM_before(benchmark::State& state) {
  for (auto _ : state) benchmark::ClobberMemory();
}
BENCHMARK(BM_before)->Iterations(1000);

void BM_endless(benchmark::State& state) {
  for (auto _ : state) {
    while (true) pause();
  }
}
BENCHMARK(BM_endless)->Iterations(1);

}  // namespace
