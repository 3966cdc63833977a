// Google Benchmark's view: the product of every instruction set this CPU has, with weights in the
// cache and in memory. Settings come from the environment, so that the binary takes any main:
//   PMUBENCH_MATVEC_MIB      MiB of weights in memory over all threads (512)
//   PMUBENCH_MATVEC_COLUMNS  weights a row, a multiple of 64 (4096)
//   PMUBENCH_MATVEC_THREADS  list of thread counts (1 and all allowed CPUs)
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <barrier>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/cpus.h"
#include "common/memory.h"
#include "common/settings.h"
#include "matvec/kernels.h"
#include "matvec/product.h"
#include "stream/kernel.h"

namespace pmubench::matvec {
namespace {

constexpr std::size_t kCachedRows = 128;  // 288 KiB of 4096 columns: the second-level cache
constexpr double kModelWeights = 8e9;
constexpr double kReadSeconds = 0.1;

struct Shape {
  std::size_t rows = 0;  ///< over all threads
  std::size_t columns = 0;
  bool in_memory = false;
};

/// Weights are kept from one run of the benchmark to the next, thread by thread: making them takes
/// longer than the measurement.
Result<Product*> ProductOfThread(int thread, std::size_t rows, std::size_t columns) {
  static std::mutex mutex;
  static std::map<int, std::unique_ptr<Product>> kept;
  std::unique_ptr<Product>* product = nullptr;
  {
    const std::lock_guard lock(mutex);
    product = &kept[thread];
  }
  if (*product == nullptr || (*product)->rows() != rows || (*product)->columns() != columns) {
    product->reset();
    auto made = Product::Make(rows, columns, static_cast<std::uint64_t>(thread) + 1);
    if (!made) return made.error();
    *product = std::make_unique<Product>(*std::move(made));
  }
  return product->get();
}

std::barrier<>& MeetingOf(int threads) {
  static std::mutex mutex;
  static std::map<int, std::barrier<>> kept;
  const std::lock_guard lock(mutex);
  return kept.try_emplace(threads, threads).first->second;
}

/// CPU seconds of this thread: a share of two rates holds beside neighbours, too.
double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Bytes a CPU second at which a read of STREAM's takes the same weights out of the same memory.
double ReadRate(const Product& product, const stream::Kernel& read, double seconds) {
  const auto bytes = product.matrix().data.size_bytes();
  const auto* doubles = reinterpret_cast<const double*>(product.matrix().data.data());
  int runs = 0;
  const double start = CpuSeconds();
  double spent = 0;
  do {
    benchmark::DoNotOptimize(read.run(nullptr, doubles, nullptr, bytes / sizeof(double)));
    ++runs;
    spent = CpuSeconds() - start;
  } while (spent < seconds);
  return static_cast<double>(bytes) * runs / spent;
}

/// Which method reads fastest differs by CPU: more than twofold between two that were tried.
const stream::Kernel& FastestRead(const Product& product) {
  static std::mutex mutex;
  static const stream::Kernel* fastest = nullptr;
  const std::lock_guard lock(mutex);
  if (fastest != nullptr) return *fastest;
  double best = 0;
  for (const stream::Kernel& kernel : stream::BestIsa().kernels()) {
    if (kernel.op != stream::Op::kRead) continue;
    const double rate = ReadRate(product, kernel, kReadSeconds / 2);
    if (rate > best) fastest = &kernel;
    best = std::max(rate, best);
  }
  return *fastest;
}

void Run(benchmark::State& state, const Kernel& kernel, const Shape& shape) {
  const auto cpus = CpusForThreads(state.threads());
  if (!cpus) return state.SkipWithError(cpus.error().ToString().c_str());
  const PinnedHere pin((*cpus)[static_cast<std::size_t>(state.thread_index())]);
  const std::size_t tiles = shape.rows / kTileRows / static_cast<std::size_t>(state.threads());
  const auto made = ProductOfThread(state.thread_index(),
                                    std::max<std::size_t>(tiles, 1) * kTileRows, shape.columns);
  // Also after an error: the other threads wait here. All reads run side by side, as the loops do.
  const stream::Kernel* read = shape.in_memory && made ? &FastestRead(**made) : nullptr;
  MeetingOf(state.threads()).arrive_and_wait();
  if (!pin.pinned()) return state.SkipWithError(pin.pinned().error().ToString().c_str());
  if (!made) return state.SkipWithError(made.error().ToString().c_str());
  Product& product = **made;
  double attainable = read != nullptr ? ReadRate(product, *read, kReadSeconds) : 0;
  product.Forget();
  const double start = CpuSeconds();
  for (auto _ : state) {
    product.Run(kernel);
    benchmark::ClobberMemory();
  }
  const double seconds = CpuSeconds() - start;
  if (!product.Right()) return state.SkipWithError("not what the scalar kernel gives");
  const auto iterations = static_cast<double>(state.iterations());
  const double bytes = static_cast<double>(product.matrix().data.size_bytes()) * iterations;
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["tokens_per_s_of_8b"] =
      benchmark::Counter(bytes / kBytesPerWeight / kModelWeights, benchmark::Counter::kIsRate);
  if (!shape.in_memory) return;
  attainable = (attainable + ReadRate(product, *read, kReadSeconds)) / 2;
  state.counters["read_bytes_per_cpu_s"] = attainable;
  state.counters["share_of_read"] =
      benchmark::Counter(bytes / seconds / attainable, benchmark::Counter::kAvgThreads);
}

void Register(const Isa& isa, const Kernel& kernel, const Shape& shape, int threads) {
  benchmark::RegisterBenchmark(
      fmt::format("matvec/{}/{}/{}", isa.name, kernel.method, shape.in_memory ? "memory" : "cache")
          .c_str(),
      [&kernel, shape](benchmark::State& state) { Run(state, kernel, shape); })
      ->Threads(threads)
      ->UseRealTime()
      ->Unit(shape.in_memory ? benchmark::kMillisecond : benchmark::kMicrosecond);
}

bool RegisterAll() {
  const std::size_t columns = NumberSetting("PMUBENCH_MATVEC_COLUMNS", 4096, 64, 1U << 20);
  if (columns % kBlockColumns != 0) {
    RefuseSetting(fmt::format("PMUBENCH_MATVEC_COLUMNS={}: give a multiple of 64", columns));
  }
  const std::size_t bytes = NumberSetting("PMUBENCH_MATVEC_MIB", 512, 1, 1U << 30) << 20;
  if (const auto fits = CheckFits(bytes, AvailableMemory()); !fits) {
    RefuseSetting("PMUBENCH_MATVEC_MIB: " + fits.error().ToString());
  }
  const std::vector<int> thread_counts = ThreadsSetting("PMUBENCH_MATVEC_THREADS");
  const double row_bytes = kBytesPerWeight * static_cast<double>(columns);
  const auto rows = static_cast<std::size_t>(static_cast<double>(bytes) / row_bytes);
  for (const Isa& isa : Isas()) {
    if (!isa.supported()) continue;
    for (const Kernel& kernel : isa.kernels()) {
      Register(isa, kernel, {kCachedRows, columns, false}, 1);
      for (const int threads : thread_counts) {
        Register(isa, kernel, {rows, columns, true}, threads);
      }
    }
  }
  return true;
}

[[maybe_unused]] const bool kRegistered = RegisterAll();

}  // namespace
}  // namespace pmubench::matvec
