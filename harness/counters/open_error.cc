#include "counters/open_error.h"

#include <errno.h>
#include <fmt/format.h>
#include <string.h>

namespace pmubench {
namespace {

std::string EventName(const EventEncoding& event) {
  if (event.pmu.empty()) return fmt::format("event {}", event.name);
  return fmt::format("event {} (PMU {}, config {:#x})", event.name, event.pmu, event.config);
}

std::string ContainerFlags(const Permissions& permissions) {
  const std::string& name = permissions.container;
  if (name == "kubernetes") {
    return "in the pod's securityContext add capabilities: [PERFMON] and, where the seccomp "
           "profile "
           "denies perf_event_open, seccompProfile: {type: Unconfined}";
  }
  if (name == "docker" || name == "podman") {
    return fmt::format(
        "start the container with {} run --cap-add PERFMON "
        "--security-opt seccomp=PROFILE, a profile that allows perf_event_open "
        "(or seccomp=unconfined)",
        name);
  }
  return "give the container CAP_PERFMON and a seccomp profile that allows perf_event_open";
}

// The highest perf_event_paranoid that allows the request without CAP_PERFMON
// (kernel/events/core.c and Documentation/admin-guide/perf-security.rst).
int NeededLevel(const OpenRequest& request) {
  if (request.pid == -1) return 0;
  return request.exclude_kernel ? 2 : 1;
}

std::string What(const OpenRequest& request) {
  if (request.pid == -1) return "counting a whole CPU or an uncore PMU";
  if (!request.exclude_kernel) return "counting kernel mode";
  return "counting";
}

Error NotPermitted(int err, const EventEncoding& event, const Permissions& permissions,
                   const OpenRequest& request) {
  Error error{ErrorCode::kNotPermitted, "", ""};
  const int needed = NeededLevel(request);
  const bool level_forbids =
      !permissions.may_perfmon() && permissions.paranoid.value_or(needed) > needed;
  if (level_forbids) {
    error.message = fmt::format("{}: {} is not permitted: perf_event_paranoid is {}",
                                EventName(event), What(request), *permissions.paranoid);
    const std::string program = request.program.empty() ? "PROGRAM" : request.program;
    error.remedy = fmt::format(
        "set it to {0} (sysctl -w kernel.perf_event_paranoid={0}) or run with CAP_PERFMON "
        "(setcap cap_perfmon+ep {1})",
        needed, program);
    if (permissions.no_new_privileges)
      error.remedy += "; no_new_privs is set: setcap has no effect";
    if (!permissions.container.empty()) {
      error.remedy +=
          fmt::format("; the sysctl belongs to the host; {}", ContainerFlags(permissions));
    }
    return error;
  }
  // The level allows it, so something else said no: a seccomp filter answers EPERM (docker's does),
  // a security module EACCES, and another user's process needs the right to trace it.
  if (request.pid > 0) {
    error.message =
        fmt::format("{}: no right to observe process {}", EventName(event), request.pid);
    error.remedy = "run as its user, as root, or with CAP_PERFMON and CAP_SYS_PTRACE";
    if (permissions.ptrace_scope.value_or(0) > 0) {
      error.remedy += fmt::format(
          "; kernel.yama.ptrace_scope is {} (sysctl -w "
          "kernel.yama.ptrace_scope=0)",
          *permissions.ptrace_scope);
    }
    return error;
  }
  if (permissions.seccomp != 0) {
    error.message = fmt::format(
        "{}: perf_event_open is refused ({}) though perf_event_paranoid allows it: a seccomp "
        "filter "
        "is active{}",
        EventName(event), strerror(err),
        permissions.container.empty() ? "" : " (container: " + permissions.container + ")");
    error.remedy = permissions.container.empty() ? "run without the sandbox that set the filter"
                                                 : ContainerFlags(permissions);
    return error;
  }
  error.message = fmt::format(
      "{}: refused ({}) though perf_event_paranoid {} allows it: a security module or kernel "
      "lockdown denies it",
      EventName(event), strerror(err),
      permissions.paranoid ? std::to_string(*permissions.paranoid) : "(unreadable)");
  error.remedy =
      "see the kernel's log (dmesg), /sys/kernel/security/lsm and "
      "/sys/kernel/security/lockdown; or run as root";
  return error;
}

constexpr std::uint32_t kTypeHardware = 0;
constexpr std::uint32_t kTypeHardwareCache = 3;
constexpr std::uint32_t kTypeRaw = 4;

// ENOENT, ENODEV, EOPNOTSUPP: the kernel found no PMU that takes the event.
Error NotSupported(int err, const EventEncoding& event, const OpenRequest& request) {
  const bool wants_core =
      event.type == kTypeHardware || event.type == kTypeHardwareCache || event.type == kTypeRaw;
  if (wants_core && !request.has_core_pmu) {
    return {ErrorCode::kNoPmu, fmt::format("{}: this machine has no core PMU", EventName(event)),
            "run on bare metal, or in a virtual machine that is given a virtual PMU"};
  }
  if (request.sampling) {
    return {ErrorCode::kNoSuchEvent,
            fmt::format("{}: this PMU cannot sample it ({})", EventName(event), strerror(err)),
            "count it instead, or use an event with overflow interrupts such as cycles"};
  }
  return {ErrorCode::kNoSuchEvent,
          fmt::format("{}: this PMU does not know the event ({})", EventName(event), strerror(err)),
          "pmubench list events shows what it knows"};
}

Error Invalid(const EventEncoding& event, const OpenRequest& request) {
  if (request.group_member) {
    return {ErrorCode::kGroupTooLarge,
            fmt::format("{}: does not fit into a group with the {} event(s) before it: no counters "
                        "left, or they conflict",
                        EventName(event), request.group_size - 1),
            "measure it in a group of its own; pmubench probe shows how many counters there are"};
  }
  return {ErrorCode::kNoSuchEvent,
          fmt::format("{}: the PMU does not accept this encoding or one of the event's attributes",
                      EventName(event)),
          "uncore PMUs take only pid -1 with a CPU of their cpumask and no exclude_* flag; "
          "otherwise the event is not one of this machine's"};
}

Error TooManyFiles(int err, const EventEncoding& event, const Permissions& permissions) {
  if (err == ENFILE) {
    return {ErrorCode::kSystem, EventName(event) + ": the machine has too many open files",
            "raise fs.file-max (sysctl -w fs.file-max=NUMBER)"};
  }
  const std::string limit = permissions.open_files
                                ? fmt::format("the limit is {}", *permissions.open_files)
                                : std::string("the limit is reached");
  const std::string hard =
      permissions.open_files_hard ? std::to_string(*permissions.open_files_hard) : "NUMBER";
  return {ErrorCode::kSystem,
          fmt::format("{}: this process has too many open files; {}", EventName(event), limit),
          fmt::format("raise it (ulimit -n {}), or measure fewer events, threads or CPUs", hard)};
}

}  // namespace

Error ExplainOpenError(int err, const EventEncoding& event, const Permissions& permissions,
                       const OpenRequest& request) {
  switch (err) {
    case EACCES:
    case EPERM:
      return NotPermitted(err, event, permissions, request);
    case ENOENT:
    case EOPNOTSUPP:
      return NotSupported(err, event, request);
    case ENODEV:
      if (request.cpu >= 0 && request.has_core_pmu) {
        return {ErrorCode::kNoPmu,
                fmt::format("{}: CPU {} is offline or does not belong to the PMU", EventName(event),
                            request.cpu),
                "take a CPU of the PMU's cpus or cpumask file that is online"};
      }
      return NotSupported(err, event, request);
    case EINVAL:
      return Invalid(event, request);
    case ENOSPC:
      return {
          ErrorCode::kGroupTooLarge,
          fmt::format("{}: the kernel has no free counter or breakpoint for it", EventName(event)),
          "measure it in a group of its own"};
    case EBUSY:
      return {ErrorCode::kSystem,
              fmt::format("{}: another user holds the PMU exclusively", EventName(event)),
              "end the other profiler (perf, a vendor's tool, an active NMI profile) and repeat"};
    case EMFILE:
    case ENFILE:
      return TooManyFiles(err, event, permissions);
    case ESRCH:
      return {ErrorCode::kNotFound,
              fmt::format("{}: process {} has ended", EventName(event), request.pid),
              "start it again and attach sooner"};
    case ENOSYS:
      return {ErrorCode::kNoPmu,
              fmt::format("{}: perf_event_open is not available", EventName(event)),
              permissions.seccomp != 0
                  ? "a seccomp filter is active: " + ContainerFlags(permissions)
                  : std::string("use a kernel with CONFIG_PERF_EVENTS (emulators of user programs "
                                "have none)")};
    case ENOMEM:
      return {ErrorCode::kSystem,
              fmt::format("{}: the kernel has no memory left for it", EventName(event)),
              "measure fewer events, threads or CPUs"};
    case E2BIG:
      return {ErrorCode::kSystem,
              fmt::format("{}: this kernel is older than a field that was used", EventName(event)),
              "use a newer kernel"};
    default:
      return {ErrorCode::kSystem,
              fmt::format("{}: perf_event_open failed: {}", EventName(event), strerror(err)),
              "see dmesg for the kernel's reason"};
  }
}

}  // namespace pmubench
