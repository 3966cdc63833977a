#include "reports/statistics/mann_whitney.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/binomial.hpp>
#include <cassert>
#include <cmath>
#include <numeric>

namespace pmubench::statistics {
namespace {

struct Ranks {
  std::vector<std::size_t> doubled;  // twice the mid-ranks: whole numbers, of the first group first
  double ties = 0;                   // sum of t^3 - t over groups of t equal values
};

Ranks RankTogether(std::span<const double> first, std::span<const double> second) {
  std::vector<double> values(first.begin(), first.end());
  values.insert(values.end(), second.begin(), second.end());
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  Ranks ranks;
  ranks.doubled.resize(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    // Ranks begin + 1 to end, whose mean is (begin + 1 + end) / 2.
    for (std::size_t i = begin; i < end; ++i) ranks.doubled[order[i]] = begin + 1 + end;
    const auto tied = static_cast<double>(end - begin);
    ranks.ties += tied * tied * tied - tied;
    begin = end;
  }
  return ranks;
}

// In how many ways `chosen` of the `ranks` sum to 0, 1, 2, ... Counts stay exact in a double:
// C(40, 20) is below 2^53.
std::vector<double> WaysToSum(const std::vector<std::size_t>& ranks, std::size_t chosen) {
  const std::size_t total = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(total + 1, 0.0));
  ways[0][0] = 1;
  std::size_t taken = 0;
  std::size_t reached = 0;
  for (std::size_t rank : ranks) {
    taken = std::min(taken + 1, chosen);
    reached += rank;
    for (std::size_t k = taken; k > 0; --k) {
      for (std::size_t sum = reached + 1; sum-- > rank;) ways[k][sum] += ways[k - 1][sum - rank];
    }
  }
  return ways[chosen];
}

double ExactP(const Ranks& ranks, std::size_t second_size, std::size_t doubled_sum) {
  const std::vector<double> ways = WaysToSum(ranks.doubled, second_size);
  const std::size_t total =
      std::accumulate(ranks.doubled.begin(), ranks.doubled.end(), std::size_t{0});
  // Compared in whole numbers: size * sum against the mean of that over all ways.
  const std::size_t size = ranks.doubled.size();
  const auto distance = [&](std::size_t sum) {
    const std::size_t scaled = sum * size;
    const std::size_t mean = total * second_size;
    return scaled > mean ? scaled - mean : mean - scaled;
  };
  const std::size_t seen = distance(doubled_sum);
  double as_far = 0;
  double all = 0;
  for (std::size_t sum = 0; sum < ways.size(); ++sum) {
    all += ways[sum];
    if (distance(sum) >= seen) as_far += ways[sum];
  }
  return as_far / all;
}

double NormalP(double u, double first, double second, double ties) {
  const double all = first + second;
  const double variance = first * second / 12 * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return 1;
  const double distance = std::max(0.0, std::abs(u - first * second / 2) - 0.5);
  const boost::math::normal standard;
  return 2 * boost::math::cdf(boost::math::complement(standard, distance / std::sqrt(variance)));
}

}  // namespace

RankTest MannWhitney(std::span<const double> first, std::span<const double> second) {
  assert(!first.empty() && !second.empty());
  const Ranks ranks = RankTogether(first, second);
  const std::size_t doubled_sum =
      std::accumulate(ranks.doubled.begin() + static_cast<std::ptrdiff_t>(first.size()),
                      ranks.doubled.end(), std::size_t{0});
  const auto n = static_cast<double>(first.size());
  const auto m = static_cast<double>(second.size());
  RankTest test;
  test.u = static_cast<double>(doubled_sum) / 2 - m * (m + 1) / 2;
  test.exact = std::max(first.size(), second.size()) <= kExactLimit;
  test.p =
      test.exact ? ExactP(ranks, second.size(), doubled_sum) : NormalP(test.u, n, m, ranks.ties);
  test.p = std::min(1.0, test.p);
  return test;
}

double SmallestP(std::size_t first, std::size_t second) {
  if (first == 0 || second == 0) return 1;
  const double ways = boost::math::binomial_coefficient<double>(
      static_cast<unsigned>(first + second), static_cast<unsigned>(first));
  return std::min(1.0, 2 / ways);
}

std::size_t SizeToShow(double p) {
  std::size_t size = 1;
  while (SmallestP(size, size) > p) ++size;
  return size;
}

std::size_t RankBound(std::size_t first, std::size_t second, double tail) {
  if (first == 0 || second == 0) return 0;
  if (std::max(first, second) > kExactLimit) {
    const auto n = static_cast<double>(first);
    const auto m = static_cast<double>(second);
    const double z = boost::math::quantile(boost::math::complement(boost::math::normal(), tail));
    const double bound = n * m / 2 - z * std::sqrt(n * m * (n + m + 1) / 12);
    return bound < 1 ? 0 : static_cast<std::size_t>(bound);
  }
  std::vector<std::size_t> ranks(first + second);
  std::iota(ranks.begin(), ranks.end(), std::size_t{1});
  const std::vector<double> ways = WaysToSum(ranks, second);
  const double all = std::accumulate(ways.begin(), ways.end(), 0.0);
  const std::size_t least = second * (second + 1) / 2;
  double below = 0;
  std::size_t k = 0;
  while (least + k < ways.size() && below + ways[least + k] <= tail * all) {
    below += ways[least + k];
    ++k;
  }
  return k;
}

}  // namespace pmubench::statistics
