// The Hodges-Lehmann ratio: how many times as large one group of values is as another.
#pragma once

#include <optional>
#include <span>

namespace pmubench::statistics {

struct RatioEstimate {
  double ratio = 1;  ///< second by first
  /// Confidence interval; 0 and infinity where the groups are too small for the confidence.
  double low = 0;
  double high = 0;
};

/// exp of the median of all differences of logarithms (Hodges and Lehmann 1963), with the interval
/// that inverts the Mann-Whitney test (Moses; Hollander, Wolfe and Chicken, "Nonparametric
/// Statistical Methods", 4.3). `alpha` is the share of intervals that miss. Nothing where a group
/// is empty or a value is not positive. O(n m) time and memory.
[[nodiscard]] std::optional<RatioEstimate> HodgesLehmannRatio(std::span<const double> first,
                                                              std::span<const double> second,
                                                              double alpha);

/// The smallest relative increase that a comparison at level `alpha` finds with probability
/// `power`, e.g. 0.02; infinite where no change could be significant. Noether's formula for the
/// rank test (JASA 1987) under Gaussian logarithms: (t_{1-alpha/2} + t_{power}) s
/// sqrt((1/n + 1/m) pi / 3), s pooled of both groups. Same conditions as above.
[[nodiscard]] std::optional<double> DetectableEffect(std::span<const double> first,
                                                     std::span<const double> second, double alpha,
                                                     double power = 0.8);

}  // namespace pmubench::statistics
