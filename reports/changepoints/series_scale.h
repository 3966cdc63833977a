// How noisy a series is, when it may hold steps, outliers and dependent neighbours.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace pmubench::changepoints {

/// Standard deviation of the noise from first differences: 1.4826 MAD / sqrt(2). Steps and
/// outliers touch few differences, so they do not move it. A series most of whose neighbours are
/// equal has a MAD of 0; then the root mean square of its differences / sqrt(2).
/// 0 only where all values are equal. `values` holds at least 2.
[[nodiscard]] double DifferenceScale(std::span<const double> values);

/// What is left of a series between its change points.
struct Residuals {
  double scale = 0;            ///< root mean square about segment medians, outliers clipped
  double autocorrelation = 0;  ///< of neighbours within a segment, in [-1, 1]
};

/// `bounds` are the segment borders, from 0 to values.size(). `sigma` > 0 is the scale that the
/// residuals of the autocorrelation are clipped at, `clip` times.
[[nodiscard]] Residuals SegmentResiduals(std::span<const double> values,
                                         std::span<const std::size_t> bounds, double sigma,
                                         double clip);

}  // namespace pmubench::changepoints
