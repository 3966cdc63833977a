// What the kernel does for a program: page faults and context switches, in known numbers.
#include <benchmark/benchmark.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace {

/// Exactly `range(0)` page faults an iteration.
void BM_page_faults(benchmark::State& state) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t bytes = static_cast<std::size_t>(state.range(0)) * page;
  for (auto _ : state) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      state.SkipWithError("no memory");
      break;
    }
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    for (std::size_t at = 0; at < bytes; at += page) static_cast<volatile char*>(memory)[at] = 1;
    munmap(memory, bytes);
  }
}
BENCHMARK(BM_page_faults)->Arg(1)->Arg(16);
BENCHMARK(BM_page_faults)->Arg(4)->Threads(2)->UseRealTime();

/// A system call that does nothing but enter and leave the kernel.
void BM_system_call(benchmark::State& state) {
  int failed = 0;
  for (auto _ : state) failed |= sched_yield();
  if (failed != 0) state.SkipWithError("sched_yield failed");
}
BENCHMARK(BM_system_call);

}  // namespace
