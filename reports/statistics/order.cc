#include "reports/statistics/order.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>
#include <numeric>

namespace pmubench::statistics {

double MedianInPlace(std::span<double> values) {
  assert(!values.empty());
  const std::size_t middle = values.size() / 2;
  const auto upper = values.begin() + static_cast<std::ptrdiff_t>(middle);
  std::nth_element(values.begin(), upper, values.end());
  if (values.size() % 2 == 1) return *upper;
  return std::midpoint(*std::max_element(values.begin(), upper), *upper);
}

double Median(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  return MedianInPlace(copy);
}

std::vector<double> Finite(std::span<const double> values) {
  std::vector<double> finite;
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
               [](double value) { return std::isfinite(value); });
  return finite;
}

double QuantileInPlace(std::span<double> values, double fraction) {
  assert(!values.empty() && fraction >= 0 && fraction <= 1);
  const double position = fraction * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto lower = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), lower, values.end());
  if (below + 1 == values.size()) return *lower;
  const double next = *std::min_element(lower + 1, values.end());
  return *lower + (position - static_cast<double>(below)) * (next - *lower);
}

double MadSigma(std::span<const double> values) {
  std::vector<double> deviations(values.begin(), values.end());
  const double center = MedianInPlace(deviations);
  for (double& value : deviations) value = std::abs(value - center);
  return kMadToSigma * MedianInPlace(deviations);
}

double StandardDeviation(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (count - 1));
}

}  // namespace pmubench::statistics
