// Commands of the user's own: what they may name, and one run of one.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// What the words in braces stand for: {folder}, {port}, {pid}.
struct Place {
  std::string folder{};  ///< the server's temporary one
  int port = 0;          ///< 0: none is known
  pid_t pid = 0;         ///< of the server; 0: not known yet
};

/// `text` with the words in braces replaced; one whose value is not known stays. Pure.
[[nodiscard]] std::string Fill(std::string text, const Place& place);

/// One run of a command by /bin/sh.
struct CommandOptions {
  std::string command;
  std::vector<int> cpus{};  ///< to run on; empty: any
  double seconds = 300;     ///< how long it may take
  /// Called ten times a second; an error ends the command, and is the result.
  std::function<Result<void>()> go_on{};
};

struct CommandEnd {
  int exit_code = 0;   ///< its own, or 128 + signal
  std::string output;  ///< standard output and standard error together
};

/// Runs it in a process group of its own, which ends with it. Errors: kSystem (it cannot be
/// started, or took too long), go_on's.
[[nodiscard]] Result<CommandEnd> RunCommand(const CommandOptions& options);

/// Of CLOCK_MONOTONIC.
[[nodiscard]] double MonotonicSeconds();

/// The last lines of a command's output, in one line, for a message.
[[nodiscard]] std::string Tail(const std::string& output, std::size_t lines = 5);

}  // namespace pmubench
