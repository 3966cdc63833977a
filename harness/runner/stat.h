// Metrics of a command, of running processes, of CPUs or of a cgroup.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runner/child.h"
#include "runner/stat_report.h"

namespace pmubench {

/// What to count, and how.
struct StatRequest {
  /// Started and counted; with another target it only says how long to count.
  std::vector<std::string> command;
  TargetRequest target;  ///< kProcesses without a pid: the command
  Switching switching = Switching::kByUs;
  std::chrono::nanoseconds turn = std::chrono::milliseconds(4);  ///< of one group
  std::chrono::nanoseconds interval{0};  ///< report each so long; 0: at the end alone
  std::chrono::nanoseconds duration{0};  ///< stop after so long; 0: when the targets have ended
  bool command_to_stderr = false;        ///< its standard output goes to ours for errors
};

/// How it was counted.
struct StatSetup {
  TurnLayout layout;
  Switching switching = Switching::kByUs;
  std::chrono::nanoseconds turn{0};
};

/// How it went.
struct StatEnd {
  StatReport total;
  StatSetup setup;
  std::optional<ChildEnd> command;
  double user_s = 0;  ///< of the command and its children, from the kernel's accounting
  double system_s = 0;
  std::size_t turns = 0;
  std::size_t rounds = 0;
  bool interrupted = false;
  std::vector<std::string> notes;
};

using OnInterval = std::function<void(const StatReport&, const StatSetup&)>;

/// Counts until the targets, the command or the duration end, or SIGINT or SIGTERM come; what was
/// counted until then is the result. `on_interval` is called with each interval's report. Errors:
/// kNotFound, kNotPermitted, as Rotation::AddTarget and Child::Release.
[[nodiscard]] Result<StatEnd> RunStat(const StatRequest& request, const MeasurementPlan& plan,
                                      Kernel& kernel, const OnInterval& on_interval);

}  // namespace pmubench
