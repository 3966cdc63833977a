#include "reports/statistics/median_interval.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "reports/statistics/order.h"

namespace pmubench::statistics {

std::optional<MedianInterval> IntervalOfMedian(std::span<const double> values) {
  std::vector<double> sorted = Finite(values);
  if (sorted.size() < 6) return std::nullopt;
  std::sort(sorted.begin(), sorted.end());
  // Largest k with P(Binomial(n, 1/2) < k) <= 2.5 %: the k-th from each end.
  const std::size_t n = sorted.size();
  double term = std::pow(0.5, static_cast<double>(n)), below = 0;
  std::size_t k = 0;
  while (below + term <= 0.025 && k < n / 2) {
    below += term;
    term *= static_cast<double>(n - k) / static_cast<double>(k + 1);
    ++k;
  }
  return MedianInterval{sorted[k - 1], sorted[n - k]};
}

}  // namespace pmubench::statistics
