// What this process may count, and what on the machine limits it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace pmubench {

/// Settings that decide what perf_event allows. An optional is empty where the machine
/// has no such file (another architecture, or hidden by a container).
struct Permissions {
  std::optional<int> paranoid;         ///< kernel.perf_event_paranoid
  int euid = 0;                        ///< effective user id
  std::uint64_t effective = 0;         ///< effective capabilities, bit n is capability n
  int seccomp = 0;                     ///< 0 none, 1 strict, 2 filter
  bool no_new_privileges = false;      ///< setuid and file capabilities have no effect
  std::string container;               ///< "docker", "podman", "kubernetes", "lxc", ...; "" none
  std::optional<int> nmi_watchdog;     ///< 1: holds one counter of every x86 core
  std::optional<int> kptr_restrict;    ///< kernel.kptr_restrict: kernel symbols in profiles
  std::optional<int> ptrace_scope;     ///< kernel.yama.ptrace_scope: attaching to processes
  std::optional<int> user_access_arm;  ///< kernel.perf_user_access: counters read by mrs
  std::optional<int> rdpmc_x86;        ///< .../devices/cpu/rdpmc: 0 never, 1 mapped events, 2 all
  std::optional<std::uint64_t> open_files;  ///< soft limit of open files (ulimit -n)
  std::optional<std::uint64_t> open_files_hard;

  [[nodiscard]] bool has_capability(int number) const { return (effective >> number & 1) != 0; }
  /// CAP_PERFMON (Linux 5.8), or CAP_SYS_ADMIN which includes it: lifts the paranoid level.
  [[nodiscard]] bool may_perfmon() const;
  /// May count its own processes in user mode (Debian and Ubuntu know levels above 2).
  [[nodiscard]] bool may_count_user() const { return may_perfmon() || paranoid.value_or(2) <= 2; }
  /// May count kernel mode too.
  [[nodiscard]] bool may_count_kernel() const { return may_perfmon() || paranoid.value_or(2) <= 1; }
  /// May count whole CPUs and uncore PMUs.
  [[nodiscard]] bool may_count_cpus() const { return may_perfmon() || paranoid.value_or(2) <= 0; }
};

/// Reads them under `root`. Never fails: what cannot be read is unknown.
[[nodiscard]] Permissions ReadPermissions(const std::filesystem::path& root);

}  // namespace pmubench
