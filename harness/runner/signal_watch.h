// SIGINT and SIGTERM as something to poll for.
#pragma once

#include <optional>

namespace pmubench {

/// While it lives, SIGINT and SIGTERM do not end the process; they wait to be taken. One at a time
/// in a process. A signal that was ignored (nohup) stays so.
class SignalWatch {
 public:
  struct Signal {
    int number = 0;
    bool to_us_alone = false;  ///< sent by kill(2), not by a terminal to all its programs
  };

  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  /// Readable when a signal waits.
  [[nodiscard]] int descriptor() const { return pipe_[0]; }
  [[nodiscard]] std::optional<Signal> Take();

 private:
  int pipe_[2] = {-1, -1};
};

}  // namespace pmubench
