// What operations cost beside time: system calls, context switches, bytes copied; of the load and,
// where there is one, of the passthrough's server.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "files/fuse_mount.h"
#include "files/task_counters.h"

namespace pmubench::files {

/// Bytes of a process's reading and writing system calls: rchar + wchar of /proc/PID/io; nullopt
/// where the kernel does not keep them.
[[nodiscard]] std::optional<std::uint64_t> BytesByCalls(pid_t pid,
                                                        const std::filesystem::path& root = "/");

/// Totals of an interval by the name they are shown with, and what is missing and why.
struct Costs {
  std::map<std::string, double> totals;
  std::string missing;
};

/// Measures this process and, if given, a mount's server, which must outlive the meter. Counters
/// are opened once; reading them adds some system calls to an interval, outside of the timed loop.
/// Totals:
///   system_calls, context_switches, copied_bytes  of all involved
///   server_*                                      of the server alone, its CPU time in us
///   requests, served_bytes                        that the server got, of content it handed on
class CostMeter {
 public:
  /// `kernel_cache`: what the load reads is copied once more, from the kernel's pages.
  explicit CostMeter(FuseMount* mount = nullptr, bool kernel_cache = false);

  void Start();
  [[nodiscard]] Costs Stop();

  /// What cannot be counted here, and why; "" where all can.
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  struct State {
    std::optional<std::uint64_t> own_bytes;
    std::optional<std::uint64_t> server_bytes;
    double server_cpu = 0;
    ServedCounts served;
  };
  [[nodiscard]] State Now() const;

  FuseMount* mount_;
  bool kernel_cache_;
  std::unique_ptr<TaskCounters> all_;  // the load and its child, the server
  std::unique_ptr<TaskCounters> server_;
  State begin_;
  std::string missing_;
};

}  // namespace pmubench::files
