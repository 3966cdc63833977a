// How far a task is, as its machine says in its status file and as its scheduler knows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "pmubench/result.h"

namespace pmubench::fleet {

enum class TaskState {
  kWaiting,        ///< no machine has begun it
  kRunning,        ///< one said so, and no more yet
  kDone,           ///< its bundle is there
  kFailed,         ///< it ended, and says why
  kCannotMeasure,  ///< the machine cannot measure what was asked, and says why
  kLost,           ///< it began, and nobody runs it any more
};

[[nodiscard]] std::string_view StateName(TaskState state);

/// Nothing more will come of it unless it is submitted again.
[[nodiscard]] bool IsSettled(TaskState state);

/// All times by the clock of the task's machine, which may be wrong.
struct TaskStatus {
  TaskState state = TaskState::kWaiting;
  std::string host;
  int attempt = 0;              ///< 1 for the first; a requeued task counts on
  std::int64_t started_ms = 0;  ///< of this attempt, since 1970
  std::int64_t changed_ms = 0;  ///< when this status was written
  double seconds = 0;           ///< how long the attempt took so far, by a steady clock
  std::size_t launches = 0;     ///< how many are done
  std::string reason;           ///< why it failed, or what a person should know
};

[[nodiscard]] std::string StatusJson(const TaskStatus& status);
[[nodiscard]] Result<TaskStatus> ParseStatus(const std::string& text);

/// kWaiting where there is no file yet; a file that is not a status is kFailed with that reason.
[[nodiscard]] TaskStatus ReadStatus(const std::filesystem::path& file);
[[nodiscard]] Result<void> WriteStatus(const TaskStatus& status, const std::filesystem::path& file);

/// What a scheduler says of a task.
enum class QueueState { kUnknown, kPending, kRunning, kGone };

/// The truth of both: a task that began and that the scheduler knows no more is lost; one that the
/// scheduler took back into its queue waits again.
[[nodiscard]] TaskState Combine(TaskState said, QueueState queue);

/// A machine's clock is judged by what must be true: a task begins after its job was submitted and
/// says nothing from the future. How far it is off at least, in ms: negative where it is behind;
/// nullopt where nothing speaks against it. `now_ms` is by the clock that `submitted_ms` is by.
[[nodiscard]] std::optional<std::int64_t> ClockOffset(const TaskStatus& status,
                                                      std::int64_t submitted_ms,
                                                      std::int64_t now_ms);

}  // namespace pmubench::fleet
