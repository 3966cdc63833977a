// Bounds of options that have none of their own: a refusal names both ends, and those of
// CLI::PositiveNumber have 300 digits.
#pragma once

#include <limits>

namespace pmubench {

inline constexpr int kMostPid = std::numeric_limits<int>::max();
inline constexpr double kMostSeconds = 31557600;  // a year

}  // namespace pmubench
