// Waits for time, for a signal, or for processes to end.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <vector>

namespace pmubench {

/// Not thread-safe.
class Waiter {
 public:
  enum class Woken { kByTime, kByEnd, kBySignal };

  /// `signals`: readable when a signal waits (SignalWatch).
  explicit Waiter(int signals);
  ~Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// Watches a process; without pidfd_open (before Linux 5.3) its end is not seen.
  void Add(pid_t pid);

  /// kByEnd: all processes that were added have ended. Without a time: until one of the others.
  Woken Until(std::optional<std::chrono::steady_clock::time_point> when);

 private:
  std::vector<pollfd> descriptors_;  ///< the signals' first
  std::size_t processes_ = 0;
};

}  // namespace pmubench
