// A million iterations on eight threads, exactly one page fault each.
#include <benchmark/benchmark.h>
#include <sys/mman.h>

namespace {

void BM_million(benchmark::State& state) {
  constexpr std::size_t kPage = 4096;
  auto* memory = static_cast<volatile char*>(
      mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (auto _ : state) {
    memory[0] = 1;
    madvise(const_cast<char*>(memory), kPage, MADV_DONTNEED);
  }
  munmap(const_cast<char*>(memory), kPage);
  if (state.thread_index() == 0) state.SetLabel("faults=1");
}
BENCHMARK(BM_million)->Iterations(1000000 / 8)->Threads(8)->UseRealTime();

}  // namespace
