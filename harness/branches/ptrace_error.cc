#include "branches/ptrace_error.h"

#include <fmt/format.h>

#include <cstring>

#include "platform/files.h"

namespace pmubench {

Error ExplainPtraceError(int error, const std::string& whom, bool is_child,
                         const std::string& root) {
  const auto scope = ReadInteger(root + "/proc/sys/kernel/yama/ptrace_scope");
  const std::string yama =
      scope ? fmt::format("kernel.yama.ptrace_scope is {}", *scope) : "this kernel has no yama";
  std::string remedy;
  if (scope && *scope >= 3) {
    remedy =
        "level 3 forbids ptrace until the next boot: boot without it, or record with branch "
        "stacks (--source perf)";
  } else if (scope && (*scope == 2 || (*scope == 1 && !is_child))) {
    remedy = fmt::format(
        "run as root or with CAP_SYS_PTRACE, or `sysctl kernel.yama.ptrace_scope={}`"
        "{}",
        is_child ? 1 : 0, is_child ? "" : ", or start the program under `pgo record -- COMMAND`");
  } else {
    remedy =
        "another debugger may hold it, it may run as another user (use sudo), or a container "
        "may forbid ptrace (`--cap-add=SYS_PTRACE`, `--security-opt seccomp=unconfined`)";
  }
  return {ErrorCode::kNotPermitted,
          fmt::format("ptrace of {} was refused: {} ({})", whom, std::strerror(error), yama),
          remedy};
}

}  // namespace pmubench
