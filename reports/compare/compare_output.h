// A comparison as text for people and as JSON for programs.
#pragma once

#include <string>

#include "reports/compare/compare.h"

namespace pmubench::compare {

/// Regressions first, then what is unclear, improvements, what is missing; what is equivalent only
/// counted unless `all`. Ends with a line.
[[nodiscard]] std::string ToText(const CompareResult& result, bool all);

/// The result as JSON of schema pmubench.compare 1.1: minor versions only add keys.
[[nodiscard]] std::string ToJson(const CompareResult& result, int exit_code);

}  // namespace pmubench::compare
