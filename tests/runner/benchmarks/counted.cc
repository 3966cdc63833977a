// The documented way: Counted() and a main of one's own.
#include <benchmark/benchmark.h>
#include <pmubench/gbench.h>
#include <sys/mman.h>

namespace {

void Touch(std::size_t pages) {
  constexpr std::size_t kPage = 4096;
  void* memory =
      mmap(nullptr, pages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(memory, pages * kPage, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < pages; ++i) static_cast<volatile char*>(memory)[i * kPage] = 1;
  munmap(memory, pages * kPage);
}

void BM_counted(benchmark::State& state) {
  Touch(20);
  for (auto _ : pmubench::Counted(state)) Touch(3);
  Touch(20);
  if (state.thread_index() == 0) state.SetLabel("faults=3");
}
BENCHMARK(BM_counted);
BENCHMARK(BM_counted)->Name("BM_counted_threads")->Threads(4)->UseRealTime();

void BM_counted_pause(benchmark::State& state) {
  for (auto _ : pmubench::Counted(state)) {
    Touch(2);
    state.PauseTiming();
    Touch(11);
    state.ResumeTiming();
  }
  state.SetLabel("faults=2");
}
BENCHMARK(BM_counted_pause);

void BM_counted_error(benchmark::State& state) {
  for (auto _ : pmubench::Counted(state)) {
    state.SkipWithError("stopped inside");
    break;
  }
}
BENCHMARK(BM_counted_error);

}  // namespace

PMUBENCH_MAIN()
