// A server started by us: in a temporary folder, pinned, ended by its own pid, also when we crash.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// How to start a server. `{dir}` in the command is replaced by its temporary folder.
struct ServerOptions {
  std::vector<std::string> command;  ///< in the foreground, not as a daemon
  int cpu = -1;                      ///< CPU to run on; -1 any
  double ready_seconds = 10;         ///< how long it may take to get ready
  /// Whether it answers; called with the folder every few milliseconds until it does.
  std::function<bool(const std::filesystem::path& folder)> ready;
};

/// Move-only owner of a running server and its folder. The kernel kills the server when the thread
/// that started it ends (PR_SET_PDEATHSIG), so a crash of ours leaves none behind.
class ServerProcess {
 public:
  /// Errors: kNotFound (no such program), kSystem (it ended or was not ready in time, with the
  /// last lines it wrote).
  static Result<ServerProcess> Start(const ServerOptions& options);

  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&& other) noexcept;
  ~ServerProcess();  ///< stops it and removes the folder

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  /// Whether it still runs; does not wait.
  [[nodiscard]] bool Running();

  /// SIGTERM, SIGKILL after `seconds`; waits for the end.
  void Stop(double seconds = 5);

  /// The last lines of what it wrote.
  [[nodiscard]] std::string LogTail(std::size_t lines = 5) const;

 private:
  ServerProcess() = default;

  pid_t pid_ = -1;
  std::filesystem::path folder_;
};

/// CPU seconds of all threads of a process, user and system (/proc/PID/schedstat where the kernel
/// has it, else in ticks); 0 where it is gone.
[[nodiscard]] double ProcessCpuSeconds(pid_t pid);

/// A TCP port of 127.0.0.1 that is free now.
[[nodiscard]] Result<int> FreePort();

}  // namespace pmubench
