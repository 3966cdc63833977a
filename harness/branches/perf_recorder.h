// Records through perf_event: branch stacks where the PMU has them, addresses where it has not.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "branches/branch.h"
#include "counters/kernel.h"
#include "platform/permissions.h"
#include "platform/pmu.h"
#include "pmubench/result.h"

namespace pmubench {

/// A way to see branches on this machine.
struct BranchSource {
  std::string name;   ///< "lbr", "brs", "brbe", "etm", "software", "cpu-clock"
  std::string title;  ///< for people, with the depth where it is known
  bool usable = false;
  std::string reason;   ///< why not
  EventEncoding event;  ///< to be sampled, of those that perf_event records
};

/// All sources this project knows, best first, and which of them can be used: by what sysfs shows
/// and, for branch stacks, by opening an event (caps/branches is there on machines whose firmware
/// or hypervisor still forbids them). `root` is where /sys lies.
[[nodiscard]] std::vector<BranchSource> FindBranchSources(Kernel& kernel,
                                                          const Permissions& permissions,
                                                          const std::string& root);

struct PerfRecordOptions {
  bool branches = true;
  EventEncoding event;
  std::uint64_t period = 0;
  std::uint64_t frequency = 0;  ///< where `period` is 0
  bool enable_on_exec = false;  ///< the process is held back before exec
  double seconds = 0;           ///< stop after that long; 0: when `ended` says so
  std::function<bool()> ended;  ///< the process has ended, or the user wants to stop
  std::vector<int> cpus;        ///< online CPUs
  std::size_t data_pages = 128;
};

struct PerfRecordReport {
  std::uint64_t records = 0;
  std::uint64_t broken = 0;  ///< times a buffer had to be given up to its head
  double wall_seconds = 0;
};

/// Samples all threads of `pid` and what they create. `start` is called once everything is open:
/// it lets a held-back process go.
[[nodiscard]] Result<PerfRecordReport> RecordByPerf(Kernel& kernel, pid_t pid,
                                                    const PerfRecordOptions& options,
                                                    const Permissions& permissions,
                                                    const std::function<void()>& start,
                                                    BranchSink& sink);

}  // namespace pmubench
