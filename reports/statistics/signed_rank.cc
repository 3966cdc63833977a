#include "reports/statistics/signed_rank.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "reports/statistics/order.h"

namespace pmubench::statistics {
namespace {

std::optional<std::vector<double>> LogRatios(std::span<const double> first,
                                             std::span<const double> second) {
  std::vector<double> ratios;
  ratios.reserve(first.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double ratio = std::log(second[i] / first[i]);
    if (!(first[i] > 0) || !(second[i] > 0) || !std::isfinite(ratio)) return std::nullopt;
    ratios.push_back(ratio);
  }
  if (ratios.empty()) return std::nullopt;
  return ratios;
}

std::vector<double> Differences(std::span<const double> first, std::span<const double> second) {
  if (auto ratios = LogRatios(first, second)) return *std::move(ratios);
  std::vector<double> differences(first.size());
  std::transform(second.begin(), second.end(), first.begin(), differences.begin(), std::minus<>());
  return differences;
}

struct Ranks {
  std::vector<std::size_t> doubled;  // twice the mid-ranks of the sizes: whole numbers
  std::size_t positive = 0;          // doubled ranks of positive differences, summed
  double ties = 0;                   // sum of t^3 - t over groups of t equal sizes
};

Ranks RankSizes(std::vector<double> differences) {
  std::erase(differences, 0.0);
  std::sort(differences.begin(), differences.end(),
            [](double a, double b) { return std::abs(a) < std::abs(b); });
  Ranks ranks;
  for (std::size_t begin = 0; begin < differences.size();) {
    std::size_t end = begin;
    while (end < differences.size() && std::abs(differences[end]) == std::abs(differences[begin])) {
      ++end;
    }
    // Ranks begin + 1 to end, whose mean is (begin + 1 + end) / 2.
    for (std::size_t i = begin; i < end; ++i) {
      ranks.doubled.push_back(begin + 1 + end);
      if (differences[i] > 0) ranks.positive += begin + 1 + end;
    }
    const auto tied = static_cast<double>(end - begin);
    ranks.ties += tied * tied * tied - tied;
    begin = end;
  }
  return ranks;
}

// For how many choices of signs the positive ranks sum to 0, 1, 2, ... Counts stay exact in a
// double: 2^kExactPairs is below 2^53.
std::vector<double> WaysToSum(const std::vector<std::size_t>& ranks) {
  const std::size_t total = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
  std::vector<double> ways(total + 1, 0.0);
  ways[0] = 1;
  std::size_t reached = 0;
  for (const std::size_t rank : ranks) {
    reached += rank;
    for (std::size_t sum = reached + 1; sum-- > rank;) ways[sum] += ways[sum - rank];
  }
  return ways;
}

double ExactP(const Ranks& ranks) {
  const std::vector<double> ways = WaysToSum(ranks.doubled);
  const std::size_t total = ways.size() - 1;
  const auto distance = [&](std::size_t sum) {
    return 2 * sum > total ? 2 * sum - total : total - 2 * sum;
  };
  double as_far = 0;
  for (std::size_t sum = 0; sum < ways.size(); ++sum) {
    if (distance(sum) >= distance(ranks.positive)) as_far += ways[sum];
  }
  return as_far / std::pow(2.0, static_cast<double>(ranks.doubled.size()));
}

double NormalP(const Ranks& ranks) {
  const auto n = static_cast<double>(ranks.doubled.size());
  const double variance = n * (n + 1) * (2 * n + 1) / 24 - ranks.ties / 48;
  const double sum = static_cast<double>(ranks.positive) / 2;
  const double distance = std::max(0.0, std::abs(sum - n * (n + 1) / 4) - 0.5);
  const boost::math::normal standard;
  return 2 * boost::math::cdf(boost::math::complement(standard, distance / std::sqrt(variance)));
}

// The largest k such that P(sum < k) <= `tail` for pairs without ties; 0 where there is none.
std::size_t SumBound(std::size_t pairs, double tail) {
  if (pairs > kExactPairs) {
    const auto n = static_cast<double>(pairs);
    const double z = boost::math::quantile(boost::math::complement(boost::math::normal(), tail));
    const double bound = n * (n + 1) / 4 - z * std::sqrt(n * (n + 1) * (2 * n + 1) / 24);
    return bound < 1 ? 0 : static_cast<std::size_t>(bound);
  }
  std::vector<std::size_t> ranks(pairs);
  std::iota(ranks.begin(), ranks.end(), std::size_t{1});
  const std::vector<double> ways = WaysToSum(ranks);
  const double all = std::pow(2.0, static_cast<double>(pairs));
  double below = 0;
  std::size_t k = 0;
  while (k < ways.size() && below + ways[k] <= tail * all) below += ways[k++];
  return k;
}

}  // namespace

RankTest SignedRank(std::span<const double> first, std::span<const double> second) {
  assert(first.size() == second.size() && !first.empty());
  const Ranks ranks = RankSizes(Differences(first, second));
  RankTest test;
  test.u = static_cast<double>(ranks.positive) / 2;
  test.exact = ranks.doubled.size() <= kExactPairs;
  test.p = std::min(1.0, test.exact ? ExactP(ranks) : NormalP(ranks));
  return test;
}

double SmallestPairedP(std::size_t pairs) {
  return std::min(1.0, std::pow(2.0, 1 - static_cast<double>(pairs)));
}

std::size_t PairsToShow(double p) {
  std::size_t pairs = 1;
  while (SmallestPairedP(pairs) > p) ++pairs;
  return pairs;
}

std::optional<RatioEstimate> PairedRatio(std::span<const double> first,
                                         std::span<const double> second, double alpha) {
  const auto ratios = LogRatios(first, second);
  if (!ratios) return std::nullopt;
  std::vector<double> means;
  means.reserve(ratios->size() * (ratios->size() + 1) / 2);
  for (std::size_t i = 0; i < ratios->size(); ++i) {
    for (std::size_t j = i; j < ratios->size(); ++j) {
      means.push_back(((*ratios)[i] + (*ratios)[j]) / 2);
    }
  }
  std::sort(means.begin(), means.end());
  RatioEstimate estimate;
  estimate.ratio = std::exp(Median(means));
  const std::size_t bound = SumBound(ratios->size(), alpha / 2);
  if (bound == 0) {
    estimate.high = std::numeric_limits<double>::infinity();
  } else {
    estimate.low = std::exp(means[bound - 1]);
    estimate.high = std::exp(means[means.size() - bound]);
  }
  return estimate;
}

std::optional<double> DetectablePairedEffect(std::span<const double> first,
                                             std::span<const double> second, double alpha,
                                             double power) {
  const auto ratios = LogRatios(first, second);
  if (!ratios) return std::nullopt;
  if (SmallestPairedP(ratios->size()) > alpha) return std::numeric_limits<double>::infinity();
  const auto n = static_cast<double>(ratios->size());
  const boost::math::students_t t(n - 1);
  const double quantiles = boost::math::quantile(boost::math::complement(t, alpha / 2)) +
                           boost::math::quantile(t, power);
  return std::expm1(quantiles * StandardDeviation(*ratios) * std::sqrt(std::numbers::pi / 3 / n));
}

}  // namespace pmubench::statistics
