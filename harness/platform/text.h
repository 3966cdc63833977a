// Small pure functions on text that several parts need.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pmubench {

/// The parts of "a,b, c" without blanks around them; empty parts are left out.
[[nodiscard]] std::vector<std::string> SplitList(std::string_view text, char separator = ',');

[[nodiscard]] std::string ToUpper(std::string_view text);
[[nodiscard]] std::string ToLower(std::string_view text);

/// The candidate with the smallest edit distance, if it is close enough to be a typing mistake
/// (a third of the letters at most); else "".
[[nodiscard]] std::string Nearest(std::string_view name,
                                  const std::vector<std::string>& candidates);

}  // namespace pmubench
