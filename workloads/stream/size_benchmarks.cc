// Bandwidth over size, of the read kernel on one thread: the data of a plot with the levels of the
// caches, and where the last one really ends. The largest size is that of PMUBENCH_STREAM_MIB.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <time.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/cpus.h"
#include "common/settings.h"
#include "stream/arrays.h"
#include "stream/knee.h"
#include "stream/traffic.h"

namespace pmubench::stream {
namespace {

constexpr std::size_t kSmallest = std::size_t{16} << 10;
constexpr double kSecondsASize = 0.05;

/// What was measured in this process so far.
struct Curve {
  std::mutex mutex;
  std::map<std::size_t, double> gb_per_second;  ///< by bytes; a repetition replaces
};

Curve& CurveHere() {
  static Curve curve;
  return curve;
}

std::optional<Knee> AddPoint(std::size_t bytes, double gb_per_second) {
  Curve& curve = CurveHere();
  const std::lock_guard lock(curve.mutex);
  curve.gb_per_second[bytes] = gb_per_second;
  std::vector<SizePoint> points;
  for (const auto& [size, bandwidth] : curve.gb_per_second) points.push_back({size, bandwidth});
  return FindKnee(points);
}

Result<Arrays*> ArraysOf(std::size_t largest) {
  static std::unique_ptr<Arrays> kept;
  if (kept == nullptr) {
    auto allocated = Arrays::Allocate(largest / sizeof(double));
    if (!allocated) return allocated.error();
    kept = std::make_unique<Arrays>(*std::move(allocated));
  }
  return kept.get();
}

/// CPU time of this thread: another's turn on the CPU is no bend of the curve.
double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::string SizeText(std::size_t bytes) {
  return bytes % (1 << 20) == 0 ? fmt::format("{}MiB", bytes >> 20)
                                : fmt::format("{}KiB", bytes >> 10);
}

void Run(benchmark::State& state, const Kernel& kernel, std::size_t bytes, std::size_t largest) {
  const PinnedHere pin(AllowedCpus().front());
  if (!pin.pinned()) return state.SkipWithError(pin.pinned().error().ToString().c_str());
  const auto arrays = ArraysOf(largest);
  if (!arrays) return state.SkipWithError(arrays.error().ToString().c_str());
  const std::size_t count = bytes / sizeof(double);
  (*arrays)->Fill(count);
  double sum = (*arrays)->Run(kernel, count);  // into the cache, if it fits
  const double start = CpuSeconds();
  for (auto _ : state) {
    sum = (*arrays)->Run(kernel, count);
    benchmark::ClobberMemory();
  }
  const double seconds = CpuSeconds() - start;
  const std::string wrong = (*arrays)->Check(kernel.op, sum, count);
  if (!wrong.empty()) return state.SkipWithError(("wrong result: " + wrong).c_str());
  const double moved = static_cast<double>(bytes) * static_cast<double>(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(moved));
  state.counters["working_set_bytes"] = static_cast<double>(bytes);
  const auto knee = AddPoint(bytes, moved / seconds * 1e-9);
  if (bytes != largest) return;
  if (!knee) return state.SetLabel("no end of the last cache seen up to this size");
  state.counters["last_cache_holds_bytes"] = static_cast<double>(knee->fits);
  state.counters["last_cache_not_bytes"] = static_cast<double>(knee->beyond);
  state.SetLabel(
      fmt::format("the last cache ends between {} and {}: memory takes arrays of {} or more",
                  SizeText(knee->fits), SizeText(knee->beyond), SizeText(MemoryArrayBytes(*knee))));
}

bool RegisterAll() {
  const Isa* isa = FindIsa(Setting("PMUBENCH_STREAM_ISA", BestIsa().name).c_str());
  if (isa == nullptr || !isa->supported()) return false;  // benchmarks.cc says so
  const Kernel* read = FindKernel(*isa, Op::kRead, Store::kTemporal,
                                  DefaultMethod(*isa, Op::kRead, Store::kTemporal));
  if (read == nullptr) read = isa->kernels().data();
  const std::uint64_t mib = NumberSetting("PMUBENCH_STREAM_MIB", 512, 1, std::uint64_t{1} << 32);
  std::vector<std::size_t> sizes;
  for (std::size_t bytes = kSmallest; bytes <= mib << 20; bytes = NextSize(bytes)) {
    sizes.push_back(bytes);
  }
  for (const std::size_t bytes : sizes) {
    benchmark::RegisterBenchmark(fmt::format("stream/sizes/{}/{}/{}/{}", Name(read->op), isa->name,
                                             read->method, SizeText(bytes))
                                     .c_str(),
                                 [read, bytes, largest = sizes.back()](benchmark::State& state) {
                                   Run(state, *read, bytes, largest);
                                 })
        ->MinTime(kSecondsASize)
        ->Unit(benchmark::kMicrosecond);
  }
  return true;
}

[[maybe_unused]] const bool kRegistered = RegisterAll();

}  // namespace
}  // namespace pmubench::stream
