// Why ptrace was refused.
#pragma once

#include <string>

#include "pmubench/result.h"

namespace pmubench {

/// Why ptrace of `whom` was refused with errno `error`, and what would allow it. `root`: where
/// /proc lies, for yama's setting.
[[nodiscard]] Error ExplainPtraceError(int error, const std::string& whom, bool is_child,
                                       const std::string& root);

}  // namespace pmubench
