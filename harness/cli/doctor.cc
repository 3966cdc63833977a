#include "cli/doctor.h"

#include <errno.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "bandwidth/sources.h"
#include "counters/open_error.h"
#include "platform/cpu_list.h"
#include "platform/files.h"
#include "platform/state_folder.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

class Examination {
 public:
  Examination(const fs::path& root, const std::vector<SelfTest>& self_tests) : root_(root) {
    report_.machine = ReadFingerprint(root);
    report_.permissions = ReadPermissions(root);
    auto pmus = ListPmus(root);
    if (pmus)
      report_.pmus = std::move(pmus).value();
    else
      no_pmus_ = pmus.error().ToString();
    has_core_ = std::any_of(report_.pmus.begin(), report_.pmus.end(),
                            [](const PmuDevice& pmu) { return pmu.is_core(); });
    Cpu();
    Pmus();
    PermissionLevels();
    Surroundings();
    Watchdog();
    SoftwareEvents();
    UserSpaceReads();
    Noise();
    for (const SelfTest& test : self_tests) {
      Add("self-test", test.what, test.ok ? Verdict::kYes : Verdict::kNo, test.detail);
    }
  }

  DoctorReport Take() { return std::move(report_); }

 private:
  void Add(std::string section, std::string what, Verdict verdict, std::string detail,
           std::string remedy = {}) {
    report_.findings.push_back(
        {std::move(section), std::move(what), verdict, std::move(detail), std::move(remedy)});
  }

  void Cpu() {
    const MachineFingerprint& machine = report_.machine;
    Add("CPU", "model", Verdict::kFact, machine.cpu_name.empty() ? "unknown" : machine.cpu_name);
    Add("CPU", "topology", Verdict::kFact,
        fmt::format(
            "{} CPUs online: {} socket(s), {} core(s), {} thread(s) a core, {} NUMA node(s)",
            machine.cpus, machine.sockets, machine.cores, machine.threads_per_core,
            machine.numa_nodes));
    Add("CPU", "machine", Verdict::kFact,
        machine.hypervisor.empty() ? "bare metal"
                                   : fmt::format("virtual machine ({})", machine.hypervisor));
  }

  void Pmus() {
    if (!no_pmus_.empty()) {
      Add("PMUs", "perf_event", Verdict::kNo, no_pmus_);
      return;
    }
    for (const PmuDevice& pmu : report_.pmus) {
      if (!pmu.is_core()) continue;
      Add("PMUs", "core PMU", Verdict::kYes,
          fmt::format("{} on {}, {} named events", pmu.name,
                      pmu.cpus.empty() ? "all CPUs" : "CPUs " + FormatCpuList(pmu.cpus),
                      pmu.events.size()));
      const auto branches = pmu.caps.find("branches");
      if (branches != pmu.caps.end()) {
        Add("PMUs", "branch records", Verdict::kYes,
            fmt::format("{} keeps the last {} branches", pmu.name, branches->second));
      }
    }
    if (!has_core_) {
      const Error error = CorePmu(report_.pmus, 0).error();
      Add("PMUs", "core PMU", Verdict::kNo,
          error.message + ": cycles, instructions, caches and branches cannot be counted",
          error.remedy + " (KVM: -cpu host,pmu=on; clouds: metal or dedicated-host types)");
    }
    MemoryBandwidth();
  }

  void MemoryBandwidth() {
    const SourceList list = FindSources(ReadBandwidthMachine(root_, StateFolder()));
    if (list.chosen) {
      const auto& [source, finding] = list.sources[*list.chosen];
      Add("PMUs", "memory bandwidth", source.info.estimate ? Verdict::kLimited : Verdict::kYes,
          fmt::format("{}: {}", source.info.name, finding.why));
      return;
    }
    for (const auto& [source, finding] : list.sources) {
      if (finding.presence != Presence::kCould) continue;
      Add("PMUs", "memory bandwidth", Verdict::kNo,
          fmt::format("{}: {}", source.info.name, finding.why), finding.remedy);
      return;
    }
    Add("PMUs", "memory bandwidth", Verdict::kNo, "no PMU of a memory controller or mesh",
        report_.machine.hypervisor.empty()
            ? "its driver may be a module: modprobe arm_cmn, arm_dmc620_pmu, intel_uncore or "
              "amd_uncore"
            : "hypervisors do not pass these on: use bare metal");
  }

  // One level of what may be counted, in the words of the error that counting would give.
  void Level(const std::string& what, bool allowed, const OpenRequest& request) {
    if (allowed) {
      Add("permissions", what, Verdict::kYes, "allowed");
      return;
    }
    const Permissions& permissions = report_.permissions;
    const Error error = ExplainOpenError(EACCES, EventEncoding{}, permissions, request);
    Add("permissions", what, Verdict::kNo,
        fmt::format("perf_event_paranoid is {}", permissions.paranoid.value_or(2)), error.remedy);
  }

  void PermissionLevels() {
    const Permissions& permissions = report_.permissions;
    Level("own processes, user mode", permissions.may_count_user(), {});
    OpenRequest kernel;
    kernel.exclude_kernel = false;
    Level("own processes, kernel mode", permissions.may_count_kernel(), kernel);
    OpenRequest cpus;
    cpus.pid = -1;
    cpus.cpu = 0;
    Level("whole CPUs, uncore PMUs", permissions.may_count_cpus(), cpus);
    if (permissions.ptrace_scope.value_or(0) > 0 && !permissions.may_perfmon()) {
      Add("permissions", "attaching to processes", Verdict::kLimited,
          fmt::format("kernel.yama.ptrace_scope is {}: only own children",
                      *permissions.ptrace_scope),
          "sysctl -w kernel.yama.ptrace_scope=0, or CAP_PERFMON");
    }
    if (permissions.kptr_restrict.value_or(0) > 0) {
      Add("permissions", "kernel symbols", Verdict::kLimited,
          fmt::format("kernel.kptr_restrict is {}: profiles show addresses",
                      *permissions.kptr_restrict),
          "sysctl -w kernel.kptr_restrict=0");
    }
    if (permissions.open_files.value_or(1024) < 1024) {
      Add("permissions", "open files", Verdict::kLimited,
          fmt::format("limit {}: an event takes one for each thread and CPU",
                      *permissions.open_files),
          "ulimit -n 4096");
    }
  }

  void Surroundings() {
    const Permissions& permissions = report_.permissions;
    if (permissions.container.empty()) {
      Add("container", "container", Verdict::kFact, "none found");
    } else {
      Add("container", "container", Verdict::kFact, permissions.container);
    }
    if (permissions.seccomp != 0) {
      OpenRequest request;
      Permissions allowed = permissions;
      allowed.paranoid = -1;
      Add("container", "seccomp", Verdict::kLimited,
          "a filter is active, and may refuse to open counters",
          ExplainOpenError(EPERM, EventEncoding{}, allowed, request).remedy);
    }
  }

  void Watchdog() {
    const auto watchdog = report_.permissions.nmi_watchdog;
    if (!has_core_ || !watchdog) return;
    if (*watchdog == 0) {
      Add("watchdog", "NMI watchdog", Verdict::kYes, "off: all counters are free of it");
    } else {
      Add("watchdog", "NMI watchdog", Verdict::kLimited, "on: it holds one counter of every core",
          "sysctl -w kernel.nmi_watchdog=0");
    }
  }

  void SoftwareEvents() {
    if (!no_pmus_.empty()) return;
    const Permissions& permissions = report_.permissions;
    if (!permissions.may_count_user()) {
      Add("software events", "page faults", Verdict::kNo, "not permitted (above)");
    } else if (permissions.may_count_kernel()) {
      Add("software events", "page faults, context switches, migrations", Verdict::kYes, "counted");
    } else {
      Add("software events", "page faults", Verdict::kYes, "counted, those of user mode");
      Add("software events", "context switches, migrations", Verdict::kNo,
          "they happen in the kernel, which may not be counted",
          "sysctl -w kernel.perf_event_paranoid=1, or CAP_PERFMON");
    }
  }

  void UserSpaceReads() {
    if (!has_core_) return;
    const Permissions& permissions = report_.permissions;
    if (permissions.rdpmc_x86) {
      const bool on = *permissions.rdpmc_x86 != 0;
      Add("user-space reads", "rdpmc", on ? Verdict::kYes : Verdict::kLimited,
          on ? "mapped counters are read without a system call" : "off: reads are system calls",
          on ? "" : "echo 1 > /sys/bus/event_source/devices/cpu/rdpmc");
    } else if (permissions.user_access_arm) {
      const bool on = *permissions.user_access_arm != 0;
      Add("user-space reads", "mrs", on ? Verdict::kYes : Verdict::kLimited,
          on ? "mapped counters are read without a system call" : "off: reads are system calls",
          on ? "" : "sysctl -w kernel.perf_user_access=1");
    } else {
      Add("user-space reads", "user-space reads", Verdict::kLimited,
          "this kernel offers none: reads are system calls");
    }
  }

  void Noise() {
    const MachineFingerprint& machine = report_.machine;
    if (machine.governor.empty()) {
      Add("noise", "governor", Verdict::kFact, "frequency is not controlled by this kernel");
    } else if (machine.governor == "performance") {
      Add("noise", "governor", Verdict::kYes, machine.governor);
    } else {
      Add("noise", "governor", Verdict::kLimited,
          fmt::format("{}: the frequency follows the load", machine.governor),
          "cpupower frequency-set -g performance");
    }
    if (machine.turbo) {
      const bool intel = fs::exists(root_ / "sys/devices/system/cpu/intel_pstate/no_turbo");
      Add("noise", "turbo", *machine.turbo ? Verdict::kLimited : Verdict::kYes,
          *machine.turbo ? "on: the frequency follows heat and other cores" : "off",
          !*machine.turbo ? ""
          : intel         ? "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo"
                          : "echo 0 > /sys/devices/system/cpu/cpufreq/boost");
    }
    if (machine.smt && *machine.smt) {
      Add("noise", "SMT", Verdict::kLimited, "on: a sibling thread shares the core",
          "echo off > /sys/devices/system/cpu/smt/control, or keep siblings idle");
    } else if (machine.smt) {
      Add("noise", "SMT", Verdict::kYes, "off");
    }
    if (!machine.hypervisor.empty()) {
      Add("noise", "hypervisor", Verdict::kLimited, "other guests share caches and memory");
    }
    Load();
  }

  void Load() {
    const auto load = ReadLoadAverage(root_);
    if (load.empty()) return;
    const bool busy = load[0] > 0.25 * std::max(report_.machine.cpus, 1);
    Add("noise", "load", busy ? Verdict::kLimited : Verdict::kYes,
        fmt::format("{:.2f} on {} CPUs over the last minute", load[0], report_.machine.cpus),
        busy ? "wait until the machine is idle, or end what runs (top)" : "");
  }

  const fs::path root_;
  DoctorReport report_;
  std::string no_pmus_;
  bool has_core_ = false;
};

}  // namespace

DoctorReport Examine(const fs::path& root, const std::vector<SelfTest>& self_tests) {
  return Examination(root, self_tests).Take();
}

}  // namespace pmubench
