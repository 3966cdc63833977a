// Google Benchmark's view of STREAM: every operation and store type, one thread and all, over
// arrays far beyond the last cache. Settings come from the environment, so that the binary takes
// any main:
//   PMUBENCH_STREAM_MIB      MiB an array over all threads (512)
//   PMUBENCH_STREAM_THREADS  list of thread counts (1 and all allowed CPUs)
//   PMUBENCH_STREAM_ISA      instruction set (the widest this CPU has)
//   PMUBENCH_STREAM_METHOD   method, or "all" (the one measured fastest)
//   PMUBENCH_STREAM_PAGES    huge or small (huge)
//   PMUBENCH_STREAM_WAIT     seconds to wait for quiet neighbours before a measurement (0)
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/cpus.h"
#include "common/quiet_gate.h"
#include "common/settings.h"
#include "stream/arrays.h"
#include "stream/traffic.h"

namespace pmubench::stream {
namespace {

/// Arrays are kept from one run of the benchmark to the next, thread by thread: touching them
/// anew takes longer than the measurement.
Result<Arrays*> ArraysOfThread(int thread, std::size_t n, PageSize pages) {
  static std::mutex mutex;
  static std::map<int, std::unique_ptr<Arrays>> kept;
  const std::lock_guard lock(mutex);
  std::unique_ptr<Arrays>& arrays = kept[thread];
  if (arrays == nullptr || arrays->size() != n) {
    arrays.reset();
    auto allocated = Arrays::Allocate(n, pages);
    if (!allocated) return allocated.error();
    arrays = std::make_unique<Arrays>(*std::move(allocated));
  }
  return arrays.get();
}

void BeginQuietly(QuietGate& gate) {
  static const auto kWait = NumberSetting("PMUBENCH_STREAM_WAIT", 0, 0, 3600);
  if (kWait > 0) (void)gate.WaitForQuiet(static_cast<double>(kWait));
  gate.Begin();
}

/// How much of the CPUs others took meanwhile; a label where that is too much to trust the rate.
void AddNeighbours(benchmark::State& state, QuietGate& gate) {
  if (!gate.End()) state.SetLabel("disturbed");
  state.counters["others_cpus"] = std::max(0.0, gate.last().other);
  state.counters["steal_cpus"] = std::max(0.0, gate.last().steal);
}

void Run(benchmark::State& state, const Kernel& kernel, std::size_t bytes, PageSize pages) {
  const auto cpus = CpusForThreads(state.threads());
  if (!cpus) return state.SkipWithError(cpus.error().ToString().c_str());
  const auto thread = static_cast<std::size_t>(state.thread_index());
  const PinnedHere pin((*cpus)[thread]);
  if (!pin.pinned()) return state.SkipWithError(pin.pinned().error().ToString().c_str());
  const std::size_t lines =
      bytes / sizeof(double) / kLineDoubles / static_cast<std::size_t>(state.threads());
  const auto arrays =
      ArraysOfThread(state.thread_index(), std::max<std::size_t>(lines, 1) * kLineDoubles, pages);
  if (!arrays) return state.SkipWithError(arrays.error().ToString().c_str());
  (*arrays)->Fill();
  QuietGate gate;
  const bool judges = thread == 0;
  if (judges) BeginQuietly(gate);
  double sum = 0;
  for (auto _ : state) {
    sum = (*arrays)->Run(kernel);
    benchmark::ClobberMemory();
  }
  if (judges) AddNeighbours(state, gate);
  const std::string wrong = (*arrays)->Check(kernel.op, sum);
  if (!wrong.empty()) state.SkipWithError(("wrong result: " + wrong).c_str());
  const auto elements =
      static_cast<double>((*arrays)->size()) * static_cast<double>(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(elements * MemoryBytes(kernel.op, 0)));
  // What the memory moves if every stored line is read first; non-temporal stores read none.
  state.counters["with_write_allocate"] = benchmark::Counter(
      elements * MemoryBytes(kernel.op, kernel.store == Store::kTemporal ? 1 : 0),
      benchmark::Counter::kIsRate);
}

bool RegisterAll() {
  const std::string isa_name = Setting("PMUBENCH_STREAM_ISA", BestIsa().name);
  const Isa* isa = FindIsa(isa_name.c_str());
  if (isa == nullptr || !isa->supported()) {
    std::string names;
    for (const Isa& known : Isas()) {
      if (known.supported()) names += fmt::format("{}{}", names.empty() ? "" : ", ", known.name);
    }
    RefuseSetting(fmt::format("PMUBENCH_STREAM_ISA={}: this CPU has {}", isa_name, names));
  }
  const std::uint64_t mib = NumberSetting("PMUBENCH_STREAM_MIB", 512, 1, std::uint64_t{1} << 32);
  const std::string method = Setting("PMUBENCH_STREAM_METHOD", "");
  const std::string page_size = Setting("PMUBENCH_STREAM_PAGES", "huge");
  if (page_size != "huge" && page_size != "small") {
    RefuseSetting("PMUBENCH_STREAM_PAGES=" + page_size + ": give huge or small");
  }
  const PageSize pages = page_size == "small" ? PageSize::kSmall : PageSize::kHuge;
  const std::size_t bytes = static_cast<std::size_t>(mib) << 20;
  if (const auto fits = CheckFits(3 * bytes, AvailableMemory(), 3); !fits) {
    RefuseSetting("PMUBENCH_STREAM_MIB: " + fits.error().ToString());
  }
  const std::vector<int> thread_counts = ThreadsSetting("PMUBENCH_STREAM_THREADS");
  bool any = false;
  for (const Kernel& kernel : isa->kernels()) {
    const std::string wanted =
        method.empty() ? DefaultMethod(*isa, kernel.op, kernel.store) : method;
    if (wanted != "all" && wanted != kernel.method) continue;
    for (const int threads : thread_counts) {
      benchmark::RegisterBenchmark(
          fmt::format("stream/{}/{}/{}/{}", Name(kernel.op), Name(kernel.store), isa->name,
                      kernel.method)
              .c_str(),
          [kernel, bytes, pages](benchmark::State& state) { Run(state, kernel, bytes, pages); })
          ->Threads(threads)
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
      any = true;
    }
  }
  if (!any) RefuseSetting(fmt::format("PMUBENCH_STREAM_METHOD={}: no such method", method));
  return true;
}

[[maybe_unused]] const bool kRegistered = RegisterAll();

}  // namespace
}  // namespace pmubench::stream
