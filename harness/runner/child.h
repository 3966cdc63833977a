// A program started by us: held back until its counters are open, ended with us.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// How to start it.
struct ChildOptions {
  std::vector<std::string> command;                ///< program (looked up in PATH) and arguments
  std::map<std::string, std::string> environment;  ///< set beside ours
  enum class Output { kInherit, kToStandardError, kCapture } output = Output::kInherit;
  /// kIfItFails: its standard error is held back, and shown once it has ended if it failed.
  enum class Errors { kInherit, kIfItFails } errors = Errors::kInherit;
};

/// How it ended.
struct ChildEnd {
  int exit_code = 0;  ///< of its own, or 128 + signal
  int signal = 0;     ///< that ended it, or 0
};

/// Move-only owner of a child process. While a Child waits, SIGINT and SIGTERM that were sent to
/// us alone are handed on to it (a terminal's Ctrl-C reaches it anyway). Not thread-safe.
class Child {
 public:
  /// Forks and holds the child before exec. Errors: kSystem.
  static Result<Child> Start(const ChildOptions& options);

  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();  ///< a child that still runs is killed

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Lets it exec. Errors: kNotFound where there is no such program, kBadInput where it cannot be
  /// run.
  Result<void> Release();

  /// Waits for its end; what it printed is in `output()` where it was captured, and its held back
  /// errors are shown if it failed.
  ChildEnd Wait();

  [[nodiscard]] const std::string& output() const { return output_; }

 private:
  Child() = default;

  std::string program_;
  std::string output_;
  pid_t pid_ = -1;
  int gate_ = -1;        ///< closing it releases the child
  int exec_error_ = -1;  ///< gives errno of a failed exec, or end of file
  int output_pipe_ = -1;
  int errors_ = -1;  ///< a file in memory: it takes all while nobody reads
};

}  // namespace pmubench
