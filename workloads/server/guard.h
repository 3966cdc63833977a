// Ends a server that we did not live to end.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "pmubench/result.h"

namespace pmubench {

/// Move-only owner of a small process that waits for our end. The kernel's own way
/// (PR_SET_PDEATHSIG) is lost when a server changes its user and does not reach its children, so
/// the guard holds a pipe: where that closes without a word from us, it ends the server's process
/// group and removes its folder.
class Guard {
 public:
  /// `group`: the server's process group. Errors: kSystem.
  static Result<Guard> Start(pid_t group, const std::filesystem::path& folder);

  Guard(Guard&& other) noexcept;
  Guard& operator=(Guard&& other) noexcept;
  ~Guard();  ///< the server has been seen to: there is nothing left to guard

 private:
  Guard(pid_t pid, int pipe) : pid_(pid), pipe_(pipe) {}

  pid_t pid_ = -1;
  int pipe_ = -1;
};

}  // namespace pmubench
