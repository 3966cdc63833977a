// Branch stacks without a PMU: stop a thread, single-step it until some branches were taken, let it
// go on. Works in any virtual machine or container that allows ptrace.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "branches/branch.h"
#include "pmubench/result.h"

namespace pmubench {

struct StepOptions {
  /// Mean time between two stacks; single waits are drawn from half to three halves of it, so that
  /// they do not beat with the program's own period.
  std::chrono::microseconds interval{1500};
  int depth = 32;        ///< taken branches a stack
  int max_steps = 2000;  ///< instructions a stack: straight code must end too
  double seconds = 0;    ///< stop recording after that long; 0: to the end
  std::string only;      ///< sample processes that run this program only; "" all
  std::uint64_t seed = 1;
  std::function<bool()> interrupted;  ///< asked between stacks; true ends the recording
  std::string proc_root = "/";        ///< where /proc lies, for yama's setting
};

struct StepReport {
  std::uint64_t stacks = 0;
  std::uint64_t steps = 0;
  std::uint64_t processes = 0;
  std::uint64_t threads = 0;
  double wall_seconds = 0;
  double stepping_seconds = 0;
  int exit_code = 0;  ///< of the command; 128 + n where signal n ended it
};

/// Starts the command and records it with all processes and threads it creates. Blocks SIGCHLD in
/// the calling thread meanwhile and reaps every child of the calling process.
/// Errors: kNotFound (no such command), kNotPermitted (with yama's value and what to do).
[[nodiscard]] Result<StepReport> RecordCommandByStepping(const std::vector<std::string>& command,
                                                         const StepOptions& options,
                                                         BranchSink& sink);

/// The same for a running process with all its threads, which goes on afterwards.
[[nodiscard]] Result<StepReport> RecordProcessByStepping(pid_t pid, const StepOptions& options,
                                                         BranchSink& sink);

}  // namespace pmubench
