#include "reports/changepoints/series_scale.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "reports/statistics/order.h"

namespace pmubench::changepoints {
namespace {

// Distance between the 10 % and 90 % quantiles of a unit Gaussian.
constexpr double kGaussianDecileRange = 2.563;
// Shorter segments say nothing about dependence.
constexpr std::size_t kShortestForDependence = 5;

}  // namespace

double DifferenceScale(std::span<const double> values) {
  std::vector<double> differences(values.size() - 1);
  for (std::size_t i = 0; i + 1 < values.size(); ++i) differences[i] = values[i + 1] - values[i];
  std::vector<double> scratch = differences;
  const double center = statistics::MedianInPlace(scratch);
  for (std::size_t i = 0; i < scratch.size(); ++i) scratch[i] = std::abs(differences[i] - center);
  const double mad = statistics::MedianInPlace(scratch);
  if (mad > 0) return statistics::kMadToSigma * mad / std::numbers::sqrt2;
  double squares = 0;
  for (double difference : differences) squares += difference * difference;
  return std::sqrt(squares / static_cast<double>(differences.size()) / 2);
}

Residuals SegmentResiduals(std::span<const double> values, std::span<const std::size_t> bounds,
                           double sigma, double clip) {
  std::vector<double> residuals(values.begin(), values.end());
  std::vector<double> clipped;
  double products = 0;
  double squares = 0;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    const std::size_t count = bounds[i + 1] - bounds[i];
    if (count == 0) continue;
    const auto segment = std::span(residuals).subspan(bounds[i], count);
    clipped.assign(segment.begin(), segment.end());
    const double center = statistics::MedianInPlace(clipped);
    double sum = 0;
    for (std::size_t j = 0; j < count; ++j) {
      segment[j] -= center;
      clipped[j] = std::clamp(segment[j], -clip * sigma, clip * sigma);
      sum += clipped[j];
    }
    if (count < kShortestForDependence) continue;
    const double mean = sum / static_cast<double>(count);
    for (std::size_t j = 0; j < count; ++j) {
      const double value = clipped[j] - mean;
      squares += value * value;
      if (j > 0) products += value * (clipped[j - 1] - mean);
    }
  }
  Residuals result;
  result.autocorrelation = squares > 0 ? products / squares : 0;

  std::vector<double>& sorted = clipped;
  sorted = residuals;
  const double high = statistics::QuantileInPlace(sorted, 0.9);
  const double low = statistics::QuantileInPlace(sorted, 0.1);
  const double limit = 3 * std::max((high - low) / kGaussianDecileRange, sigma);
  double sum = 0;
  for (double value : residuals) {
    const double kept = std::clamp(value, -limit, limit);
    sum += kept * kept;
  }
  result.scale = std::sqrt(sum / static_cast<double>(residuals.size()));
  return result;
}

}  // namespace pmubench::changepoints
