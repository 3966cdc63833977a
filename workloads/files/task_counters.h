// Counters on every thread of a running process, and on those it starts later.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "counters/kernel.h"
#include "platform/event_encoding.h"
#include "platform/permissions.h"

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

/// Events to count, one group a PMU.
using TaskEvents = std::vector<std::vector<EventEncoding>>;

/// Instructions, cycles, cache and branch misses; and SoftwareTaskEvents().
[[nodiscard]] TaskEvents StandardTaskEvents();

/// Context switches, page faults, migrations: they take no counter from anybody.
[[nodiscard]] TaskEvents SoftwareTaskEvents();

/// A perf event on a pid counts one thread of it, so every task is attached with inheritance; the
/// list is read again until it stands still, because threads may start meanwhile. What happens in
/// the kernel only (context switches, migrations, tracepoints) is missing where the kernel must not
/// be counted: with it excluded their count would be 0. Not thread-safe.
class TaskCounters {
 public:
  explicit TaskCounters(pid_t pid, TaskEvents events = StandardTaskEvents(),
                        Kernel& kernel = SystemKernel());
  ~TaskCounters();
  TaskCounters(const TaskCounters&) = delete;
  TaskCounters& operator=(const TaskCounters&) = delete;

  void Start();
  [[nodiscard]] TaskCounts Stop();

  [[nodiscard]] std::size_t tasks() const;

  /// What could not be opened and why; "" where all was.
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  struct Task;
  void Attach(pid_t task);

  TaskEvents events_;
  Kernel& kernel_;
  Permissions permissions_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::string missing_;
};

}  // namespace pmubench
