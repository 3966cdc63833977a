// A build's time as a ratio to the base, with an interval.
#pragma once

#include <vector>

#include "reports/statistics/hodges_lehmann.h"

namespace pmubench {

/// Median and 95 % interval of the rounds' ratios. Both values of a round were measured one after
/// the other, so what disturbed that round cancels. 0 to infinity below 6 rounds.
[[nodiscard]] statistics::RatioEstimate EstimateRatio(const std::vector<double>& base,
                                                      const std::vector<double>& variant);

}  // namespace pmubench
