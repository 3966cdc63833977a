// A command that is attached to before it runs anything.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// Move-only owner of the pipes to a forked child that waits before exec. The child itself is its
/// user's to reap.
class HeldCommand {
 public:
  /// `mask`: the signals that the command has blocked. Errors: kSystem.
  static Result<HeldCommand> Fork(const std::vector<std::string>& command, const sigset_t& mask);

  HeldCommand(HeldCommand&& other) noexcept
      : pid_(other.pid_),
        go_(std::exchange(other.go_, -1)),
        failed_(std::exchange(other.failed_, -1)) {}
  HeldCommand& operator=(HeldCommand&&) = delete;
  ~HeldCommand();

  [[nodiscard]] pid_t pid() const { return pid_; }

  void LetGo();   ///< it execs
  void GiveUp();  ///< it ends without exec, and is reaped

  /// errno of a failed exec; 0 where it succeeded or is still to come.
  [[nodiscard]] int ExecError() const;

 private:
  HeldCommand(pid_t pid, int go, int failed) : pid_(pid), go_(go), failed_(failed) {}

  pid_t pid_;
  int go_;      ///< a byte lets it exec, a close makes it end
  int failed_;  ///< gives the errno of a failed exec
};

}  // namespace pmubench
