// One traced process as /proc shows it: its code mappings and the instructions at its addresses.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "branches/branch.h"
#include "branches/instruction.h"

namespace pmubench {

/// Executable lines of /proc/PID/maps. Pure.
[[nodiscard]] std::vector<CodeMapping> ParseMaps(std::uint32_t pid, const std::string& text);

/// Owns a descriptor of /proc/PID/mem. Not thread-safe.
class Tracee {
 public:
  explicit Tracee(pid_t pid);
  ~Tracee();
  Tracee(const Tracee&) = delete;
  Tracee& operator=(const Tracee&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Whether `path`, resolved, is the program it runs now. "" matches any.
  [[nodiscard]] bool Runs(const std::string& path) const;

  /// Reads the mappings again; gives those that are new or changed.
  std::vector<CodeMapping> Refresh();
  /// After exec: everything cached is void and the memory descriptor is of the old program.
  void Reset();

  [[nodiscard]] bool Knows(std::uint64_t address) const;
  /// The instruction at `address`; code of files is decoded once.
  [[nodiscard]] Instruction InstructionAt(std::uint64_t address);

 private:
  [[nodiscard]] const CodeMapping* MappingOf(std::uint64_t address) const;

  pid_t pid_;
  int memory_ = -1;
  std::vector<CodeMapping> mappings_;
  std::unordered_map<std::uint64_t, Instruction> decoded_;
};

/// The thread group of a thread; 0 where it is gone.
[[nodiscard]] pid_t ProcessOf(pid_t tid);
/// 'R' running or runnable, 'S' sleeping, ...; 0 where the thread is gone.
[[nodiscard]] char StateOf(pid_t pid, pid_t tid);
[[nodiscard]] std::vector<pid_t> ThreadsOf(pid_t pid);
/// Program counter of a stopped tracee; 0 where it is gone.
[[nodiscard]] std::uint64_t ProgramCounter(pid_t tid);

}  // namespace pmubench
