// The Mann-Whitney rank test: are two groups of values from the same distribution?
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace pmubench::statistics {

/// Up to so many values a side the distribution is exact.
inline constexpr std::size_t kExactLimit = 20;

struct RankTest {
  double u = 0;  ///< pairs in which the second group's value is larger, ties half
  double p = 1;  ///< two-sided
  bool exact = false;
};

/// Mann and Whitney 1947. Up to kExactLimit values a side: the exact distribution over all ways of
/// dealing the pooled mid-ranks, ties included, by dynamic programming. Above: normal with tie and
/// continuity corrections. Both groups hold at least one value and no NaN.
[[nodiscard]] RankTest MannWhitney(std::span<const double> first, std::span<const double> second);

/// The smallest two-sided p that groups of these sizes can show: 2 / C(n + m, n), at most 1.
[[nodiscard]] double SmallestP(std::size_t first, std::size_t second);

/// The smallest size of two equal groups that can show `p`, in (0, 1).
[[nodiscard]] std::size_t SizeToShow(double p);

/// The largest k such that P(U < k) <= `tail` for groups without ties; 0 where there is none. The
/// k-th smallest and k-th largest difference bound the shift with confidence 1 - 2 `tail`.
[[nodiscard]] std::size_t RankBound(std::size_t first, std::size_t second, double tail);

}  // namespace pmubench::statistics
