// A registered MemoryManager makes Google Benchmark run every repetition twice, so that turns of
// an even number of passes would always meet the same one.
#include <benchmark/benchmark.h>
#include <sys/mman.h>

namespace {

class NoMemory final : public benchmark::MemoryManager {
 public:
  void Start() override {}
  void Stop(Result* result) { result->num_allocs = 7; }
  void Stop(Result& result) override { result.num_allocs = 7; }
};

const bool registered = [] {
  static NoMemory manager;
  benchmark::RegisterMemoryManager(&manager);
  return true;
}();

void BM_with_memory_manager(benchmark::State& state) {
  constexpr std::size_t kPage = 4096;
  auto* memory = static_cast<volatile char*>(
      mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (auto _ : state) {
    memory[0] = 1;
    madvise(const_cast<char*>(memory), kPage, MADV_DONTNEED);
  }
  munmap(const_cast<char*>(memory), kPage);
  state.SetLabel(registered ? "faults=1" : "");
}
BENCHMARK(BM_with_memory_manager);

}  // namespace
