// The CPUs this process may use, and pinning threads to them.
#pragma once

#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// CPUs of the calling thread's affinity mask, ascending.
[[nodiscard]] std::vector<int> AllowedCpus();

/// The calling thread runs on these CPUs only from now on.
Result<void> RunOnCpus(const std::vector<int>& cpus);
inline Result<void> PinToCpu(int cpu) { return RunOnCpus({cpu}); }

/// Pins the calling thread for as long as it lives; then the thread may run where it could before.
/// Threads inherit their creator's CPUs, so a main thread must not stay pinned.
class PinnedHere {
 public:
  explicit PinnedHere(int cpu) : PinnedHere(std::vector<int>{cpu}) {}
  /// On none of `cpus` in particular where it is empty.
  explicit PinnedHere(const std::vector<int>& cpus)
      : before_(AllowedCpus()), pinned_(cpus.empty() ? Result<void>() : RunOnCpus(cpus)) {}
  PinnedHere(const PinnedHere&) = delete;
  PinnedHere& operator=(const PinnedHere&) = delete;
  ~PinnedHere() { (void)RunOnCpus(before_); }
  [[nodiscard]] const Result<void>& pinned() const { return pinned_; }

 private:
  std::vector<int> before_;
  Result<void> pinned_;
};

/// The first `threads` allowed CPUs. Error where there are fewer: threads that share a CPU would
/// measure the scheduler.
[[nodiscard]] Result<std::vector<int>> CpusForThreads(int threads);

}  // namespace pmubench
