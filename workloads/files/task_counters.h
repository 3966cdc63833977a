// What a process of several threads counts of a few events: the load's own, and the passthrough's.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "counters/counter_set.h"
#include "platform/event_encoding.h"
#include "platform/permissions.h"

namespace pmubench {

struct TaskCount {
  std::string name;
  double value = 0;  ///< scaled by time enabled / time running where the counter was shared
};

/// Instructions, cycles, cache and branch misses.
[[nodiscard]] std::vector<EventEncoding> HardwareTaskEvents();

/// Context switches, page faults, migrations: they take no counter from anybody.
[[nodiscard]] std::vector<EventEncoding> SoftwareTaskEvents();

/// Counts on every thread of a process, of its children and of what they start later. What happens
/// in the kernel only (context switches, migrations, tracepoints) is missing where the kernel must
/// not be counted: with it excluded their count would be 0. Not thread-safe.
class TaskCounters {
 public:
  TaskCounters(pid_t pid, std::vector<EventEncoding> events, Kernel& kernel = SystemKernel());

  void Start();
  [[nodiscard]] std::vector<TaskCount> Stop();

  /// What could not be opened or read and why; "" where all was.
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  struct Opened {
    CounterSet set;
    SetReading begin{};
  };
  void AddMissing(const Error& error);
  void Open(Kernel& kernel, pid_t pid, const std::vector<EventEncoding>& events);

  Permissions permissions_;
  std::vector<Opened> opened_;
  std::string missing_;
};

}  // namespace pmubench
