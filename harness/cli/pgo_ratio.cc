#include "cli/pgo_ratio.h"

#include <algorithm>
#include <limits>

#include "reports/statistics/median_interval.h"
#include "reports/statistics/order.h"

namespace pmubench {

statistics::RatioEstimate EstimateRatio(const std::vector<double>& base,
                                        const std::vector<double>& variant) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(base.size(), variant.size()); ++i) {
    if (base[i] > 0) ratios.push_back(variant[i] / base[i]);
  }
  statistics::RatioEstimate estimate{1, 0, std::numeric_limits<double>::infinity()};
  if (ratios.empty()) return estimate;
  estimate.ratio = statistics::Median(ratios);
  if (const auto interval = statistics::IntervalOfMedian(ratios)) {
    estimate.low = interval->low;
    estimate.high = interval->high;
  }
  return estimate;
}

}  // namespace pmubench
