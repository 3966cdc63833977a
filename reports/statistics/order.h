// Order statistics: medians, quantiles and robust spread of small samples.
#pragma once

#include <span>
#include <vector>

namespace pmubench::statistics {

/// sd of a Gaussian divided by its median absolute deviation: 1 / Phi^-1(3/4).
inline constexpr double kMadToSigma = 1.482602218505602;

/// Median of `values`, which it reorders. Mean of the middle two for an even count.
/// `values` must not be empty and must hold no NaN.
[[nodiscard]] double MedianInPlace(std::span<double> values);

/// Median of `values`, untouched. Same preconditions.
[[nodiscard]] double Median(std::span<const double> values);

/// Those of `values` that are finite, in their order.
[[nodiscard]] std::vector<double> Finite(std::span<const double> values);

/// Linear interpolation between order statistics at (n - 1) * `fraction` (Hyndman and Fan's
/// type 7), reordering `values`. `fraction` lies in [0, 1].
[[nodiscard]] double QuantileInPlace(std::span<double> values, double fraction);

/// 1.4826 times the median absolute deviation from the median: estimates the standard deviation
/// of Gaussian values, unmoved by up to half of them being outliers.
[[nodiscard]] double MadSigma(std::span<const double> values);

/// Sample standard deviation (divisor n - 1); 0 for fewer than two values.
[[nodiscard]] double StandardDeviation(std::span<const double> values);

}  // namespace pmubench::statistics
