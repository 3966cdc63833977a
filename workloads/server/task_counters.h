// Counters on every thread of a running process, and on those it starts later.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "counters/kernel.h"

namespace pmubench {

struct TaskCount {
  std::string name;
  double value = 0;  ///< scaled by time enabled / time running where the counter was shared
  double ratio = 1;  ///< time running / time enabled: 1 is fully measured
};

struct TaskCounts {
  std::vector<TaskCount> counts;
  std::string missing;  ///< what could not be counted and why, "" where all was
};

/// A perf event on a pid counts one thread of it, so every task is attached with inheritance; the
/// list is read again until it stands still, because threads may start meanwhile. Counts
/// instructions, cycles, cache and branch misses where there is a PMU, and context switches, page
/// faults and migrations always. Not thread-safe.
class TaskCounters {
 public:
  explicit TaskCounters(pid_t pid, Kernel& kernel = SystemKernel());
  ~TaskCounters();
  TaskCounters(const TaskCounters&) = delete;
  TaskCounters& operator=(const TaskCounters&) = delete;

  void Start();
  [[nodiscard]] TaskCounts Stop();

  [[nodiscard]] std::size_t tasks() const;

 private:
  struct Task;
  void Attach(pid_t task);

  pid_t pid_;
  Kernel& kernel_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::string missing_;
};

}  // namespace pmubench
