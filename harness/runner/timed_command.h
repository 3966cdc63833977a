// One launch of a command: how long it took, and what it executed where that can be counted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pmubench/result.h"
#include "runner/child.h"

namespace pmubench {

struct TimedCommand {
  double wall_ns = 0;                  ///< from exec to its end
  double cpu_ns = 0;                   ///< user and system time, of its own children too
  std::optional<double> instructions;  ///< user space, of all its threads and processes
  std::optional<double> cycles;
  int exit_code = 0;  ///< 128 + signal where one ended it
};

/// Runs it with its standard output taken away. Errors: kNotFound, kBadInput, kSystem.
[[nodiscard]] Result<TimedCommand> RunTimed(const std::vector<std::string>& command,
                                            ChildOptions::Errors errors);

}  // namespace pmubench
