#include "runner/gbench/startup_test.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>

#include "pmubench/gbench.h"
#include "runner/gbench/raw_counts.h"
#include "runner/gbench/session.h"

namespace pmubench::gbench {
namespace {

constexpr int kIterations = 8;
constexpr int kRepetitions = 3;
constexpr int kFaultsPerIteration = 3;
constexpr const char* kName = "pmubench_startup_test";

/// The child's answers, as exit codes.
enum Answer { kGood = 0, kNotBracketed = 64, kWrongCount = 65, kNotCounted = 66 };

void TouchPages(int pages) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t size = static_cast<std::size_t>(pages) * page;
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  madvise(memory, size, MADV_NOHUGEPAGE);
  for (std::size_t at = 0; at < size; at += page) static_cast<volatile char*>(memory)[at] = 1;
  munmap(memory, size);
}

/// Faults outside the loop and inside a pause must not be counted; those inside must, all.
template <typename Loop>
void KnownFaults(benchmark::State& state, Loop&& loop) {
  TouchPages(5);
  for ([[maybe_unused]] auto _ : loop) {
    TouchPages(kFaultsPerIteration);
    state.PauseTiming();
    TouchPages(7);
    state.ResumeTiming();
  }
  TouchPages(11);
}

class Catcher final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& report) override {
    for (const Run& run : report) {
      if (run.run_type == Run::RT_Aggregate) continue;
      benchmark::UserCounters counters = run.counters;
      for (const RawCounts& raw : TakeRawCounts(counters)) {
        // A page of our own that the fork left to be copied faults once; so the fewest count.
        for (const auto& [name, event] : raw.events) {
          if (faults < 0 || event.count < faults) faults = event.count;
        }
      }
    }
  }
  double faults = -1;
};

int RunInChild(Kernel& kernel, const Permissions& permissions, bool loop_hooked) {
  SessionOptions options;
  options.permissions = permissions;
  options.loop_hooked = loop_hooked;
  options.hardware.exclude_kernel = !permissions.may_count_kernel();
  const EventEncoding faults{
      "page-faults", "software", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0, 0};
  Session session(kernel, {Pass{{faults}}}, options);
  SetActiveSession(&session);
  benchmark::ClearRegisteredBenchmarks();
  auto* registered = benchmark::RegisterBenchmark(kName, [loop_hooked](benchmark::State& state) {
    if (loop_hooked) {
      KnownFaults(state, state);
    } else {
      KnownFaults(state, Counted(state));
    }
  });
  registered->Iterations(kIterations)->Repetitions(kRepetitions);
  Catcher catcher;
  benchmark::RunSpecifiedBenchmarks(&catcher, kName);
  if (session.bracketed() == 0) return kNotBracketed;
  if (!session.errors().empty() || catcher.faults < 0) return kNotCounted;
  return std::lround(catcher.faults) == kIterations * kFaultsPerIteration ? kGood : kWrongCount;
}

}  // namespace

CounterCheck CheckLoopHooks(Kernel& kernel, const Permissions& permissions, bool loop_hooked) {
  const std::string what = "the timed loop is bracketed exactly";
  // A child process: registering and clearing benchmarks here would touch the user's own.
  const pid_t child = fork();
  if (child < 0) return {what, false, "cannot fork for the check"};
  if (child == 0) _exit(RunInChild(kernel, permissions, loop_hooked));
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
    return {what, false, "the check itself crashed"};
  }
  switch (WEXITSTATUS(status)) {
    case kGood:
      return {what, true,
              fmt::format("{} page faults in {} iterations", kIterations * kFaultsPerIteration,
                          kIterations)};
    case kNotBracketed:
      return {
          what, false,
          "Google Benchmark's loop does not reach pmubench's hooks (link-time optimisation over "
          "Google Benchmark itself, or another version); write the loop as "
          "`for (auto _ : pmubench::Counted(state))`"};
    case kWrongCount:
      return {what, false, "page faults inside the loop were not counted exactly"};
    default:
      return {what, false, "software events cannot be counted here; `pmubench doctor` says why"};
  }
}

}  // namespace pmubench::gbench
