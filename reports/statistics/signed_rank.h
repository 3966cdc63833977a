// Pairs of values: Wilcoxon's signed-rank test, and the ratio that goes with it. What disturbs both
// values of a pair alike goes out.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "reports/statistics/hodges_lehmann.h"
#include "reports/statistics/mann_whitney.h"

namespace pmubench::statistics {

/// Up to so many pairs the distribution is exact.
inline constexpr std::size_t kExactPairs = 50;

/// Wilcoxon 1945, on logarithms of the pairs' ratios where all values are positive, else on their
/// differences; pairs without a difference are left out. Up to kExactPairs: the exact distribution
/// over all signs of the mid-ranks, ties included. Above: normal with tie and continuity
/// corrections. `u` is the sum of the ranks of pairs whose second value is larger. Spans are of one
/// length, not empty, and hold no NaN.
[[nodiscard]] RankTest SignedRank(std::span<const double> first, std::span<const double> second);

/// The smallest two-sided p that so many pairs can show: 2 / 2^n, at most 1.
[[nodiscard]] double SmallestPairedP(std::size_t pairs);

/// The smallest number of pairs that can show `p`, in (0, 1).
[[nodiscard]] std::size_t PairsToShow(double p);

/// exp of the median of all means of two logarithms of ratios (Hodges and Lehmann 1963), with the
/// interval that inverts the signed-rank test (Tukey; Hollander, Wolfe and Chicken, "Nonparametric
/// Statistical Methods", 3.3). Nothing where there are no pairs or a value is not positive. O(n^2)
/// time and memory.
[[nodiscard]] std::optional<RatioEstimate> PairedRatio(std::span<const double> first,
                                                       std::span<const double> second,
                                                       double alpha);

/// As DetectableEffect(), of pairs: (t_{1-alpha/2} + t_{power}) s sqrt(pi / 3 / n), s of the
/// logarithms of ratios.
[[nodiscard]] std::optional<double> DetectablePairedEffect(std::span<const double> first,
                                                           std::span<const double> second,
                                                           double alpha, double power = 0.8);

}  // namespace pmubench::statistics
