// Slurm by its own commands. Without an accounting database `sacct` knows nothing, so states come
// from `squeue`, and what a task did from its own files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "fleet/task_status.h"
#include "pmubench/result.h"

namespace pmubench::fleet {

/// One task as squeue shows it.
struct QueuedTask {
  QueueState state = QueueState::kUnknown;
  std::string why;  ///< why it waits: "Resources", "BeginTime from 2026-01-31T02:00:00"
};

/// Lines of `squeue -h -r -o "%K|%t|%r|%S"`, by index in the array. Pure.
[[nodiscard]] std::map<std::size_t, QueuedTask> ParseQueue(std::string_view text);

/// Submits a script; gives Slurm's number of the job. kSystem where sbatch refuses.
[[nodiscard]] Result<std::string> Sbatch(const std::filesystem::path& script);

/// All tasks of that job name which Slurm still has. kSystem where its controller does not answer.
[[nodiscard]] Result<std::map<std::size_t, QueuedTask>> ReadQueue(const std::string& job_name);

}  // namespace pmubench::fleet
