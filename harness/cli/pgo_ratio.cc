#include "cli/pgo_ratio.h"

#include <algorithm>
#include <cmath>

namespace pmubench {

// Median of the rounds' ratios; the interval is of order statistics, so it needs no shape of noise:
// the k-th smallest and largest, with k the largest for which a fair coin leaves at most 2.5 % on
// each side.
RatioEstimate EstimateRatio(const std::vector<double>& base, const std::vector<double>& variant) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(base.size(), variant.size()); ++i) {
    if (base[i] > 0) ratios.push_back(variant[i] / base[i]);
  }
  if (ratios.empty()) return {};
  std::sort(ratios.begin(), ratios.end());
  const std::size_t n = ratios.size();
  const double median = (ratios[(n - 1) / 2] + ratios[n / 2]) / 2;
  double term = std::pow(0.5, static_cast<double>(n));  // P(B = 0), B of n fair coins
  double tail = term;
  std::size_t cut = 0;
  for (std::size_t k = 1; k < n / 2 && tail <= 0.025; ++k) {
    cut = k;
    term *= static_cast<double>(n - k + 1) / static_cast<double>(k);
    tail += term;
  }
  const std::size_t low = cut == 0 ? 0 : cut - 1;
  return {median, ratios[low], ratios[n - 1 - low]};
}

}  // namespace pmubench
