// Who holds the counters that exist and are not free.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "platform/permissions.h"

namespace pmubench {

/// A process with perf events open. How many of them sit on a counter the kernel does not tell.
struct PerfProcess {
  pid_t pid = 0;
  std::string command;  ///< /proc/PID/comm
  int events = 0;       ///< descriptors of perf events
  int mapped = 0;       ///< mapped perf events: each keeps its counter even after close
};

/// What /proc tells of perf events.
struct PerfProcesses {
  std::vector<PerfProcess> processes;  ///< most events first
  int hidden = 0;                      ///< processes whose descriptors we may not see
};

/// Looks through all processes under `root`, ours too.
[[nodiscard]] PerfProcesses FindPerfProcesses(const std::filesystem::path& root);

/// One holder, or one that may be.
struct CounterHolder {
  enum class Kind { kWatchdog, kProcess, kHypervisor, kUnknown };
  Kind kind = Kind::kUnknown;
  pid_t pid = 0;       ///< of a process
  std::string name;    ///< "NMI watchdog", the command, the hypervisor, ""
  int events = 0;      ///< at most so many counters
  std::string detail;  ///< a sentence for people
  std::string remedy;  ///< what would free them; may be empty
};

[[nodiscard]] const char* NameOf(CounterHolder::Kind kind);

/// Who may hold `taken` counters: the watchdog if it is on, processes with perf events but for
/// this one if it has none. What these cannot explain is a hypervisor's limit on a virtual machine
/// (counters that exist and do not count), else unknown. Empty where nothing is taken.
[[nodiscard]] std::vector<CounterHolder> FindHolders(const std::filesystem::path& root,
                                                     const Permissions& permissions, int taken);

}  // namespace pmubench
