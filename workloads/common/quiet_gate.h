// Keeps a sample only if the machine was ours while it was taken.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// CPU time used since boot, in seconds, over all CPUs.
struct CpuTimes {
  double wall = 0;   ///< monotonic clock
  double busy = 0;   ///< user, nice, system, interrupts of everybody (/proc/stat, ticks)
  double steal = 0;  ///< the hypervisor ran others
  double own = 0;    ///< this process, its finished children, and the watched processes
};

/// What happened between two CpuTimes, as CPUs (1 = one CPU all the time).
struct Neighbours {
  double other = 0;
  double steal = 0;
  double seconds = 0;
};

/// Pure. `other` is below 0 by tick rounding at times: Linux charges whole ticks, the process's
/// own time is exact.
[[nodiscard]] Neighbours Between(const CpuTimes& before, const CpuTimes& after);

/// Parses the first line of /proc/stat. `ticks` per second.
[[nodiscard]] Result<CpuTimes> ParseProcStat(const std::string& text, double ticks);

struct GateLimits {
  double other = 0.05;  ///< CPUs
  double steal = 0.01;
};

/// Usage: Begin(); work; if (End()) keep the sample. Not thread-safe.
class QuietGate {
 public:
  explicit QuietGate(GateLimits limits = {}, std::filesystem::path root = "/");

  /// Also counts this process's CPU time as our own (a server we started).
  void Watch(pid_t pid) { watched_.push_back(pid); }

  void Begin();
  /// True where the interval since Begin was quiet; counts it either way.
  bool End();
  /// Waits until a short window is quiet; false after `seconds`.
  bool WaitForQuiet(double seconds);

  [[nodiscard]] const Neighbours& last() const { return last_; }
  [[nodiscard]] int kept() const { return kept_; }
  [[nodiscard]] int dropped() const { return dropped_; }
  /// E.g. "kept 12, dropped 3 (others used up to 0.41 CPU, steal up to 0.00)".
  [[nodiscard]] std::string Summary() const;

 private:
  [[nodiscard]] CpuTimes Now() const;

  GateLimits limits_;
  std::filesystem::path root_;
  std::vector<pid_t> watched_;
  CpuTimes begin_;
  Neighbours last_;
  Neighbours worst_;
  int kept_ = 0;
  int dropped_ = 0;
};

}  // namespace pmubench
