// Ctrl-C during long work: saves what there is, then ends.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace pmubench {

/// While it lives, the first SIGINT or SIGTERM runs `save` on a thread of its own and ends the
/// process with 128 + the signal's number; a second one ends it at once. A handler may do
/// next to nothing, and a benchmark's loop cannot be left from outside: hence the thread. One at
/// a time in a process.
class InterruptGuard {
 public:
  explicit InterruptGuard(std::function<void()> save);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  std::function<void()> save_;
  int pipe_[2] = {-1, -1};
  std::thread thread_;
};

}  // namespace pmubench
