// Threads and child processes as /proc shows them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// One thread.
struct Task {
  pid_t tid = 0;
  pid_t pid = 0;     ///< of the process it belongs to
  std::string name;  ///< `comm`: at most 15 characters
};

/// Threads of `pid` that exist now, by tid; ended ones are no longer there. kNotFound where there
/// is no such process.
[[nodiscard]] Result<std::vector<Task>> ListTasks(const std::filesystem::path& root, pid_t pid);

/// `pid` and all processes that descend from it and exist now. One whose parent has ended is no
/// longer found. Needs a kernel with CONFIG_PROC_CHILDREN; else only `pid`.
[[nodiscard]] std::vector<pid_t> ListProcessTree(const std::filesystem::path& root, pid_t pid);

}  // namespace pmubench
