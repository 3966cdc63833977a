#include "files/tracepoint.h"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "platform/files.h"

namespace pmubench {
namespace {

/// A descriptor of tracefs mounted nowhere (Linux 5.2, CAP_SYS_ADMIN); -1 where that fails. The
/// mount is gone when it is closed.
int OpenTracefs() {
  const int context = fsopen("tracefs", FSOPEN_CLOEXEC);
  if (context < 0) return -1;
  const int mount = fsconfig(context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0
                        ? fsmount(context, FSMOUNT_CLOEXEC, 0)
                        : -1;
  const int error = errno;
  close(context);
  errno = error;
  return mount;
}

std::optional<std::int64_t> NumberIn(const std::filesystem::path& tracefs,
                                     std::string_view tracepoint) {
  return ReadInteger(tracefs / "events" / tracepoint / "id");
}

}  // namespace

Result<EventEncoding> TracepointEvent(std::string_view tracepoint, std::string_view name,
                                      const std::filesystem::path& root) {
  std::optional<std::int64_t> number;
  bool seen = false;
  for (const char* folder : {"sys/kernel/tracing", "sys/kernel/debug/tracing"}) {
    if (!number) number = NumberIn(root / folder, tracepoint);
    seen = seen || !ListNames(root / folder).empty();
  }
  if (!number && !seen && root == "/") {
    if (const int mount = OpenTracefs(); mount >= 0) {
      number = NumberIn(fmt::format("/proc/self/fd/{}", mount), tracepoint);
      seen = true;
      close(mount);
    }
  }
  if (!number && seen) {
    return Error{ErrorCode::kNoSuchEvent,
                 fmt::format("{}: this kernel has no tracepoint {}", name, tracepoint),
                 "CONFIG_FTRACE_SYSCALLS builds those of system calls in"};
  }
  if (!number) {
    return Error{ErrorCode::kNotPermitted,
                 fmt::format("{}: tracefs cannot be read, which numbers {}", name, tracepoint),
                 "run as root, or mount -t tracefs -o mode=755 tracefs /sys/kernel/tracing"};
  }
  EventEncoding event;
  event.name = name;
  event.pmu = "tracepoint";
  event.type = PERF_TYPE_TRACEPOINT;
  event.config = static_cast<std::uint64_t>(*number);
  return event;
}

Result<EventEncoding> SystemCallsEvent(const std::filesystem::path& root) {
  return TracepointEvent("raw_syscalls/sys_enter", "system_calls", root);
}

}  // namespace pmubench
