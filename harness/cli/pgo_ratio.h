// A build's time as a ratio to the base, with an interval.
#pragma once

#include <vector>

#include "cli/pgo_report.h"

namespace pmubench {

/// From values that were measured in the same rounds, so that a round's disturbance cancels.
[[nodiscard]] RatioEstimate EstimateRatio(const std::vector<double>& base,
                                          const std::vector<double>& variant);

}  // namespace pmubench
