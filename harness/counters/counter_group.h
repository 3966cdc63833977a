// A group of events that the kernel counts together or not at all.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "counters/kernel.h"
#include "counters/reading.h"
#include "platform/event_encoding.h"
#include "platform/permissions.h"
#include "pmubench/result.h"

namespace pmubench {

/// Whom to count.
struct CounterTarget {
  pid_t pid = 0;         ///< 0 the calling thread, -1 everything on `cpu`, else that thread
  int cpu = -1;          ///< -1 any CPU
  bool inherit = false;  ///< also threads and processes it creates later
  bool cgroup = false;   ///< `pid` is a descriptor of a cgroup's folder, on `cpu`

  static CounterTarget CallingThread() { return {}; }
  static CounterTarget Process(pid_t pid) { return {pid, -1, true}; }
  static CounterTarget Thread(pid_t tid) { return {tid, -1, false}; }
  static CounterTarget Cpu(int cpu) { return {-1, cpu, false}; }
  static CounterTarget Cgroup(int descriptor, int cpu) { return {descriptor, cpu, false, true}; }
};

/// How to count.
struct CounterOptions {
  bool pinned = false;          ///< always on the PMU or in error, never multiplexed
  bool exclude_kernel = false;  ///< count user space only
  bool enable_on_exec = false;  ///< start when the target calls exec
  bool no_excludes = false;     ///< uncore drivers refuse every exclude flag
};

/// Move-only owner of one perf_event group, opened disabled. One PMU a group: where software
/// events stand beside task-clock or cpu-clock, Linux 6.18 gives 0 for the sibling with
/// time_running = time_enabled, so Open refuses mixed groups.
/// Not thread-safe; Read may be called from any one thread at a time.
class CounterGroup {
 public:
  /// Opens all events or none. Errors: kNoPmu, kNotPermitted, kNoSuchEvent, kGroupTooLarge.
  static Result<CounterGroup> Open(Kernel& kernel, const std::vector<EventEncoding>& events,
                                   const CounterTarget& target, const CounterOptions& options,
                                   const Permissions& permissions);

  CounterGroup(CounterGroup&& other) noexcept;
  CounterGroup& operator=(CounterGroup&& other) noexcept;
  CounterGroup(const CounterGroup&) = delete;
  CounterGroup& operator=(const CounterGroup&) = delete;
  ~CounterGroup();

  Result<void> Enable();
  Result<void> Disable();
  Result<void> Reset();

  /// One system call, no allocation: for use inside a timed region. False where the kernel gave
  /// nothing or too little; Explain() says why.
  [[nodiscard]] bool ReadRaw(GroupReading& reading) const {
    last_read_ = kernel_->Read(descriptors_[0], &reading, sizeof reading);
    return last_read_ >= static_cast<ssize_t>(offsetof(GroupReading, members));
  }

  /// ReadRaw, with the members' ids checked. Errors: kScheduledOut for a pinned group that lost
  /// its counters (the kernel then gives 0 bytes), kSystem.
  Result<GroupReading> Read() const;

  /// Why the last ReadRaw failed.
  [[nodiscard]] Error Explain() const;

  /// Whether a reading holds this group's events in this order.
  [[nodiscard]] Result<void> CheckIds(const GroupReading& reading) const;

  [[nodiscard]] const std::vector<EventEncoding>& events() const { return events_; }
  [[nodiscard]] std::size_t size() const { return descriptors_.size(); }
  [[nodiscard]] int descriptor(std::size_t i) const { return descriptors_[i]; }

 private:
  explicit CounterGroup(Kernel& kernel) : kernel_(&kernel) {}
  Result<void> Control(unsigned long request, const char* what);
  void Close();

  Kernel* kernel_;
  std::vector<EventEncoding> events_;
  std::vector<int> descriptors_;
  std::vector<std::uint64_t> ids_;
  mutable ssize_t last_read_ = 0;
};

}  // namespace pmubench
