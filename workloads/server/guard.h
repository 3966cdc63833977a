// Ends what we started and did not live to end.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "pmubench/result.h"

namespace pmubench {

/// Opens standard streams that are closed, on /dev/null: pipes that took their numbers would be
/// lost where a child's streams are set up.
void HoldStandardStreams();

/// Removes a server's folder and what is in it, but does not go into a file system that the server
/// left mounted there: that is not ours to empty.
void RemoveFolder(const std::filesystem::path& folder);

/// Move-only owner of a small process that waits for our end. The kernel's own way
/// (PR_SET_PDEATHSIG) is lost when a server changes its user and does not reach children, so the
/// guard holds a socket: where that closes without a word from us, it ends the process group and
/// removes the folder.
class Guard {
 public:
  /// `group`: of a server or a load. `folder`: the server's; empty: none. Errors: kSystem.
  static Result<Guard> Start(pid_t group, const std::filesystem::path& folder);

  Guard(Guard&& other) noexcept;
  Guard& operator=(Guard&& other) noexcept;
  ~Guard();  ///< all has been seen to: there is nothing left to guard

 private:
  Guard(pid_t pid, int pipe) : pid_(pid), pipe_(pipe) {}

  pid_t pid_ = -1;
  int pipe_ = -1;
};

}  // namespace pmubench
