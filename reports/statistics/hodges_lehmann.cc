#include "reports/statistics/hodges_lehmann.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "reports/statistics/mann_whitney.h"
#include "reports/statistics/order.h"

namespace pmubench::statistics {
namespace {

std::optional<std::vector<double>> Logarithms(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  std::vector<double> logs;
  logs.reserve(values.size());
  for (double value : values) {
    if (!(value > 0) || std::isinf(value)) return std::nullopt;
    logs.push_back(std::log(value));
  }
  return logs;
}

}  // namespace

std::optional<RatioEstimate> HodgesLehmannRatio(std::span<const double> first,
                                                std::span<const double> second, double alpha) {
  const auto a = Logarithms(first);
  const auto b = Logarithms(second);
  if (!a || !b) return std::nullopt;
  std::vector<double> differences;
  differences.reserve(a->size() * b->size());
  for (double x : *a) {
    for (double y : *b) differences.push_back(y - x);
  }
  std::sort(differences.begin(), differences.end());
  RatioEstimate estimate;
  estimate.ratio = std::exp(Median(differences));
  const std::size_t bound = RankBound(a->size(), b->size(), alpha / 2);
  if (bound == 0) {
    estimate.high = std::numeric_limits<double>::infinity();
  } else {
    estimate.low = std::exp(differences[bound - 1]);
    estimate.high = std::exp(differences[differences.size() - bound]);
  }
  return estimate;
}

std::optional<double> DetectableEffect(std::span<const double> first,
                                       std::span<const double> second, double alpha, double power) {
  const auto a = Logarithms(first);
  const auto b = Logarithms(second);
  if (!a || !b) return std::nullopt;
  if (SmallestP(a->size(), b->size()) > alpha) return std::numeric_limits<double>::infinity();
  const auto n = static_cast<double>(a->size());
  const auto m = static_cast<double>(b->size());
  const double freedom = n + m - 2;
  const double s = std::sqrt(((n - 1) * std::pow(StandardDeviation(*a), 2) +
                              (m - 1) * std::pow(StandardDeviation(*b), 2)) /
                             freedom);
  const boost::math::students_t t(freedom);
  const double quantiles = boost::math::quantile(boost::math::complement(t, alpha / 2)) +
                           boost::math::quantile(t, power);
  return std::expm1(quantiles * s * std::sqrt((1 / n + 1 / m) * std::numbers::pi / 3));
}

}  // namespace pmubench::statistics
