// The E-divisive family detector that Apache Otava (formerly Hunter) uses, as a second opinion.
//
// Splits come from the energy statistic of Matteson and James, "A nonparametric approach for
// multiple change point analysis of multivariate data" (JASA 2014), within a sliding window; a
// Student t-test keeps them, and a merge pass drops the weakest: Fleming et al., "Hunter: Using
// change point detection to hunt for performance regressions" (ICPE 2023). Like Otava it takes
// population standard deviations, so it finds the points that Otava finds, and its false alarms.
#pragma once

#include <span>
#include <vector>

#include "reports/changepoints/change_point.h"

namespace pmubench::changepoints {

struct EDivisiveOptions {
  std::size_t window = 50;    ///< values looked at together; at least 2
  double p = 0.001;           ///< a change point's p is below this
  double minimum_effect = 0;  ///< smaller relative changes are merged away
};

/// Change points of `values` in order of index, levels as means, `p` of each one's own t-test.
/// O(n window) time, O(n) memory. `values` must be finite.
[[nodiscard]] std::vector<ChangePoint> EDivisive(std::span<const double> values,
                                                 const EDivisiveOptions& options = {});

}  // namespace pmubench::changepoints
