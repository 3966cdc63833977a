// The default change-point detector: clipped CUSUM over seeded intervals.
//
// In every seeded interval the residuals from the interval's median are clipped, so that no
// outlier makes a step (the idea of a bounded loss: Fearnhead and Rigaill, "Changepoint detection
// in the presence of outliers", JASA 2019), and the largest CUSUM contrast is taken.
// Narrowest-over-threshold selection (Baranowski, Chen and Fryzlewicz, JRSS B 2019) keeps each
// interval to one step. Deterministic, no permutations.
#pragma once

#include <span>
#include <vector>

#include "reports/changepoints/change_point.h"

namespace pmubench::changepoints {

struct ClippedCusumOptions {
  /// Share of series of independent Gaussian noise that may show any change point; in (0, 1).
  double alpha = 0.01;
  /// A change must last so many values: fewer values off, however far, are outliers. At least 2.
  std::size_t shortest_step = 3;
  /// Smaller steps, relative to the level before, are dropped.
  double minimum_effect = 0;
  /// The noise is taken to be at least this share of the level.
  double scale_floor = 0;
};

/// Change points of `values` in order of index, levels as medians. O(n log n) time for a bounded
/// number of steps. Fewer than 6 values have none. `values` must be finite; series of positive
/// values are worked on as logarithms.
[[nodiscard]] std::vector<ChangePoint> ClippedCusum(std::span<const double> values,
                                                    const ClippedCusumOptions& options = {});

/// The largest unclipped contrast over the detector's intervals of `values` that have standard
/// deviation 1: what the thresholds of cusum_threshold.h are calibrated on.
[[nodiscard]] double LargestContrast(std::span<const double> values);

}  // namespace pmubench::changepoints
