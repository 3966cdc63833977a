// The name that someone probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pmubench {

/// The candidate that takes the fewest edits to become `name`, case ignored; empty where none is
/// near (more than a third of the letters, or more than three, would change).
[[nodiscard]] std::string NearestName(std::string_view name,
                                      const std::vector<std::string>& candidates);

/// "did you mean 'X'?", or empty.
[[nodiscard]] std::string DidYouMean(std::string_view name,
                                     const std::vector<std::string>& candidates);

/// Whether two names are the same but for case.
[[nodiscard]] bool SameIgnoringCase(std::string_view a, std::string_view b);

}  // namespace pmubench
