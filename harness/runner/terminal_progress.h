// One line on the terminal about long work, drawn over itself; nothing where standard error is
// not a terminal.
#pragma once

#include <chrono>
#include <string_view>

namespace pmubench {

/// Not thread-safe: one thread reports.
class TerminalProgress {
 public:
  TerminalProgress();
  ~TerminalProgress() { Clear(); }
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  /// Draws the line, at most ten times a second; `text` is cut at the terminal's width.
  void Show(std::string_view text);

  /// Takes the line away, e.g. before other output.
  void Clear();

 private:
  const bool on_terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace pmubench
