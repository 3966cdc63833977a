// Benchmarks with a known number of page faults an iteration, which each says in its label. Only
// benchmark/benchmark.h is included: what is tested is that nothing else is needed.
#include <benchmark/benchmark.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <string>

namespace {

void Touch(std::size_t pages) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* memory =
      mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(memory, pages * page, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < pages; ++i) static_cast<volatile char*>(memory)[i * page] = 1;
  munmap(memory, pages * page);
}

void Label(benchmark::State& state, std::size_t faults) {
  if (state.thread_index() == 0) state.SetLabel("faults=" + std::to_string(faults));
}

void BM_range_for(benchmark::State& state) {
  const auto pages = static_cast<std::size_t>(state.range(0));
  Touch(50);  // set-up is not counted
  for (auto _ : state) Touch(pages);
  Touch(50);
  Label(state, pages);
}
BENCHMARK(BM_range_for)->Arg(1)->Arg(16);
BENCHMARK(BM_range_for)->Name("BM_threads")->Arg(4)->ThreadRange(1, 8)->UseRealTime();

void BM_keep_running(benchmark::State& state) {
  while (state.KeepRunning()) Touch(3);
  Label(state, 3);
}
BENCHMARK(BM_keep_running);

void BM_keep_running_batch(benchmark::State& state) {
  while (state.KeepRunningBatch(10)) {
    for (int i = 0; i < 10; ++i) Touch(2);
  }
  Label(state, 2);
}
BENCHMARK(BM_keep_running_batch)->Iterations(1000);

void BM_pause(benchmark::State& state) {
  for (auto _ : state) {
    Touch(7);
    state.PauseTiming();
    Touch(9);
    state.ResumeTiming();
  }
  Label(state, 7);
}
BENCHMARK(BM_pause);

void BM_manual_time(benchmark::State& state) {
  for (auto _ : state) {
    Touch(5);
    state.SetIterationTime(1e-5);
  }
  Label(state, 5);
}
BENCHMARK(BM_manual_time)->UseManualTime();

class Fixture : public benchmark::Fixture {
 public:
  void SetUp(benchmark::State&) override { Touch(100); }
  void TearDown(benchmark::State&) override { Touch(100); }
};
BENCHMARK_DEFINE_F(Fixture, BM_fixture)(benchmark::State& state) {
  for (auto _ : state) Touch(6);
  Label(state, 6);
}
BENCHMARK_REGISTER_F(Fixture, BM_fixture);

template <std::size_t kPages>
void BM_template(benchmark::State& state) {
  for (auto _ : state) Touch(kPages);
  Label(state, kPages);
}
BENCHMARK_TEMPLATE(BM_template, 8);

void BM_complexity(benchmark::State& state) {
  const auto pages = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) Touch(pages);
  state.SetComplexityN(state.range(0));
  Label(state, pages);
}
BENCHMARK(BM_complexity)->RangeMultiplier(2)->Range(1, 8)->Complexity(benchmark::oN);

void BM_own_repetitions(benchmark::State& state) {
  for (auto _ : state) Touch(2);
  Label(state, 2);
}
BENCHMARK(BM_own_repetitions)->Repetitions(2)->ReportAggregatesOnly(true);

void BM_user_counter(benchmark::State& state) {
  for (auto _ : state) Touch(1);
  state.counters["iterations"] = 42;  // the name of a field of Google Benchmark's own
  state.counters["not_a_number"] = 0.0 / static_cast<double>(state.range(0));
  Label(state, 1);
}
BENCHMARK(BM_user_counter)->Arg(0);

void BM_skipped(benchmark::State& state) {
  state.SkipWithError("skipped on purpose");
  for (auto _ : state) {
  }
}
BENCHMARK(BM_skipped);

}  // namespace
