// What the tasks of a class measured, as one run for the history. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fleet/job.h"
#include "fleet/task_status.h"
#include "reports/store/run.h"

namespace pmubench::fleet {

/// What is known of a task, from its status, its scheduler and its bundle.
struct TaskResult {
  TaskStatus status;
  std::optional<store::Run> bundle;
};

/// A class's run on one kind of machine. Machines of a class should be alike; where their
/// fingerprints differ, each kind is a run, and so a series, of its own.
struct ClassRun {
  store::Run run;
  std::size_t measured = 0;  ///< benchmarks that have a value
};

/// The runs of a class, those with most benchmarks first; empty where nothing was measured yet.
/// `results` are parallel to `job.tasks`. Benchmarks of tasks that have no bundle are in the first
/// run, missing with the reason. A run's UUID follows from job, class and kind of machine: it is
/// the same however often it is made. It starts when the job was submitted, by that machine's
/// clock: the clocks of the others decide nothing.
[[nodiscard]] std::vector<ClassRun> ClassRuns(const Job& job, const std::string& machine_class,
                                              const std::vector<TaskResult>& results);

/// The UUID of a task's own bundle: a task that ran twice counts once.
[[nodiscard]] std::string TaskUuid(const Job& job, std::size_t index);

/// Why a task's benchmarks have no values; "" where they have.
[[nodiscard]] std::string ReasonOf(const TaskResult& result);

/// How many benchmarks of the run have a value.
[[nodiscard]] std::size_t CountMeasured(const store::Run& run);

}  // namespace pmubench::fleet
