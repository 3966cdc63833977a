// Counts exactly the timed loop of Google Benchmark, one group of events a run.
//
// Google Benchmark calls StartKeepRunning and FinishKeepRunning around the loop of every thread
// of a run, with a barrier of all threads in each. Counters are opened and enabled before the
// first barrier; inside the timed region they are only read.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "counters/counter_set.h"

namespace benchmark {
class State;
}

namespace pmubench {
class LoopTraffic;
}

namespace pmubench::gbench {

struct ThreadCounters;

/// The events of one pass.
struct Pass {
  std::vector<EventEncoding> events;
};

/// Options of all passes.
struct SessionOptions {
  CounterOptions hardware{.pinned = true, .exclude_kernel = true};
  Permissions permissions;
  bool loop_hooked = false;  ///< StartKeepRunning is intercepted: Counted() has nothing to do
  std::function<void()> after_run;  ///< called by the first thread, outside the timed region
  LoopTraffic* traffic = nullptr;   ///< read outside the timed region; outlives the session
};

/// Names of the counters through which threads hand their raw counts to the reporter. Google
/// Benchmark adds up the threads' counters by name, so each name carries a sum.
inline constexpr std::string_view kCounterPrefix = "pmu:";

/// "pmu:<pass>:<field>".
[[nodiscard]] std::string CounterName(int pass, std::string_view field);

/// What all threads of the process count. Lives as long as benchmarks run; thread-safe.
class Session {
 public:
  Session(Kernel& kernel, std::vector<Pass> passes, SessionOptions options);

  [[nodiscard]] int pass_count() const { return static_cast<int>(passes_.size()); }

  /// From the next run on the threads of `pid` are counted in place of the loop's; 0: the loop's.
  void CountProcess(pid_t pid);

  /// Whether any run was asked to count a process.
  [[nodiscard]] bool counts_process() const { return counts_process_.load(); }

  [[nodiscard]] bool loop_hooked() const { return options_.loop_hooked; }

  /// From the next run on: `pass` for every run, or (nullopt) the passes in turn.
  void PinPass(std::optional<int> pass);

  /// Why a pass could not be counted, by pass; the first reason of each.
  [[nodiscard]] std::map<int, Error> errors() const;

  /// Before a pass is run again.
  void ForgetError(int pass);

  /// Runs whose loop was bracketed so far, by all threads together.
  [[nodiscard]] std::uint64_t bracketed() const {
    return bracketed_.load(std::memory_order_relaxed);
  }

  // The four hooks, called by the thread that runs the loop.
  void Arm(const benchmark::State& state);  ///< before the start barrier
  static void Start();                      ///< first inside the timed region
  static void Stop();                       ///< last inside the timed region
  void Publish(benchmark::State& state);    ///< after the stop barrier

 private:
  friend struct ThreadCounters;
  void RecordError(int pass, const Error& error);
  Result<void> OpenOwn(ThreadCounters& thread) const;
  Result<void> OpenProcess(ThreadCounters& thread, pid_t pid) const;

  Kernel& kernel_;
  const std::vector<Pass> passes_;
  const SessionOptions options_;
  const std::uint64_t generation_;
  std::atomic<unsigned> turn_{0};
  std::atomic<int> pinned_{-1};
  std::atomic<pid_t> process_{0};
  std::atomic<bool> counts_process_{false};
  std::atomic<std::uint64_t> bracketed_{0};
  mutable std::mutex mutex_;
  std::map<int, Error> errors_;
};

/// The session that the hooks serve, or nullptr. Google Benchmark hands the hooks nothing but
/// its State, so this one pointer has to be global.
[[nodiscard]] Session* ActiveSession();
void SetActiveSession(Session* session);

}  // namespace pmubench::gbench
