// A server started by us: in a temporary folder, pinned, ended by its own pid, also when we crash.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pmubench/result.h"
#include "server/guard.h"

namespace pmubench {

class ServerProcess;

/// How to start a server. `{folder}` in the command is replaced by its temporary folder, which is
/// its working directory too.
struct ServerOptions {
  std::string name;                  ///< for messages; empty: the program
  std::vector<std::string> command;  ///< in the foreground, not as a daemon
  std::vector<int> cpus;             ///< CPUs to run on; empty: any
  double ready_seconds = 10;         ///< how long it may take to get ready
  /// Whether it answers; called every few milliseconds until it does.
  std::function<bool(const ServerProcess& server)> ready;
};

/// Move-only owner of a running server and its folder. Should we end without stopping it, a guard
/// does, so a crash of ours leaves none behind. Start it from a thread that lives as long as it is
/// needed: the kernel's own signal (PR_SET_PDEATHSIG) comes when that thread ends.
class ServerProcess {
 public:
  /// Errors: kNotFound (no such program), kSystem (it ended or was not ready in time, with the
  /// last lines it wrote).
  static Result<ServerProcess> Start(const ServerOptions& options);

  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&& other) noexcept;
  ~ServerProcess();  ///< stops it and removes the folder

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  /// Whether it still runs; does not wait. What it leaves in its process group ends with it.
  [[nodiscard]] bool Running();

  /// Whether it has ended; waits for that so long at most. A process closes its sockets a moment
  /// before it is seen to have ended, on a busy machine a long one.
  bool AwaitEnd(double seconds = 1);

  /// SIGTERM, SIGKILL after `seconds`; waits for the end.
  void Stop(double seconds = 5);

  /// The last lines of what it wrote.
  [[nodiscard]] std::string LogTail(std::size_t lines = 5) const;

 private:
  ServerProcess() = default;
  Result<void> Launch(const ServerOptions& options);
  Result<void> AwaitReady(const ServerOptions& options);

  std::string name_;
  pid_t pid_ = -1;
  std::filesystem::path folder_;
  std::optional<Guard> guard_;
};

/// CPU seconds, user and system, of a process and those that descend from it, what ended in it
/// included (children that ended to a hundredth of a second); 0 where it is gone.
[[nodiscard]] double ProcessCpuSeconds(pid_t pid);

/// A TCP port of 127.0.0.1 that is free now.
[[nodiscard]] Result<int> FreePort();

}  // namespace pmubench
