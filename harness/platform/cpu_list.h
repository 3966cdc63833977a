// CPU lists as the kernel spells them: "0-3,8,16-31".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// CPUs of a list, ascending, each once. Accepts the stride form "0-63:2/4" too (the first 2 of
/// every 4). Empty text is the empty list; anything else is kBadInput.
[[nodiscard]] Result<std::vector<int>> ParseCpuList(std::string_view text);

/// The shortest list: {0, 1, 2, 8} is "0-2,8". `cpus` must be ascending.
[[nodiscard]] std::string FormatCpuList(const std::vector<int>& cpus);

}  // namespace pmubench
