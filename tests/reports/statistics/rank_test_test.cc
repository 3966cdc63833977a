#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ci/bench/changepoints_benchmark/simulated_series.h"
#include "reports/statistics/hodges_lehmann.h"
#include "reports/statistics/mann_whitney.h"
#include "reports/statistics/multiplicity.h"
#include "reports/statistics/order.h"
#include "reports/statistics/schedule.h"

namespace pmubench::statistics {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// Every way of dealing the pooled values into two groups, by brute force.
double PermutationP(const std::vector<double>& first, const std::vector<double>& second) {
  std::vector<double> pooled = first;
  pooled.insert(pooled.end(), second.begin(), second.end());
  const auto u_of = [&](const std::vector<int>& in_second) {
    double u = 0;
    for (std::size_t i = 0; i < pooled.size(); ++i) {
      for (std::size_t j = 0; j < pooled.size(); ++j) {
        if (in_second[i] == 0 || in_second[j] == 1) continue;
        u += pooled[i] > pooled[j] ? 1 : pooled[i] == pooled[j] ? 0.5 : 0;
      }
    }
    return u;
  };
  std::vector<int> deal(pooled.size(), 0);
  std::fill(deal.end() - static_cast<std::ptrdiff_t>(second.size()), deal.end(), 1);
  const double mean = static_cast<double>(first.size() * second.size()) / 2;
  const double seen = std::abs(u_of(deal) - mean);
  double all = 0;
  double as_far = 0;
  do {
    ++all;
    as_far += std::abs(u_of(deal) - mean) >= seen - 1e-9 ? 1 : 0;
  } while (std::next_permutation(deal.begin(), deal.end()));
  return as_far / all;
}

std::vector<double> Gaussian(std::size_t count, std::uint64_t seed) {
  return bench::SimulatedSeries(bench::Noise::kGaussian, count, seed);
}

TEST(MannWhitney, EqualsBruteForceWithAndWithoutTies) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto a = Gaussian(3 + seed % 3, seed);
    auto b = Gaussian(4 + seed % 2, seed + 100);
    EXPECT_NEAR(MannWhitney(a, b).p, PermutationP(a, b), 1e-12);
    for (double& value : a) value = std::round(value);
    for (double& value : b) value = std::round(value);
    EXPECT_NEAR(MannWhitney(a, b).p, PermutationP(a, b), 1e-12) << "ties, seed " << seed;
  }
}

TEST(MannWhitney, FullySeparatedGroupsShowTheSmallestP) {
  for (std::size_t n : {1u, 2u, 6u, 10u, 20u}) {
    std::vector<double> a(n);
    std::iota(a.begin(), a.end(), 0);
    std::vector<double> b(n);
    std::iota(b.begin(), b.end(), 100);
    const RankTest test = MannWhitney(a, b);
    EXPECT_TRUE(test.exact);
    EXPECT_NEAR(test.p / SmallestP(n, n), 1, 1e-9) << n;
    EXPECT_EQ(test.u, static_cast<double>(n * n));
  }
  EXPECT_NEAR(SmallestP(10, 10), 1.0825e-5, 1e-8);
  EXPECT_EQ(SmallestP(0, 10), 1);
}

TEST(MannWhitney, AllEqualIsNoDifference) {
  EXPECT_EQ(MannWhitney(std::vector<double>(5, 2), std::vector<double>(7, 2)).p, 1);
  EXPECT_EQ(MannWhitney(std::vector<double>(30, 2), std::vector<double>(30, 2)).p, 1);
}

TEST(MannWhitney, TheNormalFormContinuesTheExactOne) {
  const auto b = Gaussian(21, 9);
  for (double shift : {0.0, 0.3, 0.6, 1.0}) {
    auto a = Gaussian(20, 8);
    for (double& value : a) value += shift;
    const std::vector<double> shorter(b.begin(), b.begin() + 20);
    const double exact = MannWhitney(a, shorter).p;
    const RankTest normal = MannWhitney(a, b);
    EXPECT_FALSE(normal.exact);
    EXPECT_LT(std::abs(std::log(normal.p / exact)), 1) << shift;
  }
}

TEST(MannWhitney, KeepsItsLevel) {
  int rejected = 0;
  constexpr int kPairs = 3000;
  for (std::uint64_t seed = 0; seed < kPairs; ++seed) {
    rejected += MannWhitney(Gaussian(10, 2 * seed), Gaussian(10, 2 * seed + 1)).p <= 0.05;
  }
  EXPECT_NEAR(static_cast<double>(rejected) / kPairs, 0.043, 0.012);
}

TEST(SizeToShow, IsWhereSeparationBecomesSignificant) {
  EXPECT_EQ(SizeToShow(0.05), 4u);
  EXPECT_EQ(SizeToShow(0.05 / 200), 8u);
  EXPECT_EQ(SizeToShow(0.05 / 20000), 12u);
}

// Hollander, Wolfe and Chicken: P(U <= 23) is just below 0.025 for 10 and 10.
TEST(RankBound, IsTheTablesCriticalValue) {
  EXPECT_EQ(RankBound(10, 10, 0.025), 24u);
  EXPECT_EQ(RankBound(5, 5, 0.025), 3u);
  EXPECT_EQ(RankBound(3, 3, 0.025), 0u);
  EXPECT_EQ(RankBound(0, 5, 0.025), 0u);
  EXPECT_NEAR(static_cast<double>(RankBound(21, 20, 0.025)),
              static_cast<double>(RankBound(20, 20, 0.025)), 10);
}

TEST(HodgesLehmannRatio, OfScaledValuesIsTheScale) {
  const auto a = Gaussian(12, 4);
  auto b = a;
  for (double& value : b) value *= 1.07;
  const auto estimate = HodgesLehmannRatio(a, b, 0.05);
  ASSERT_TRUE(estimate.has_value());
  EXPECT_NEAR(estimate->ratio, 1.07, 1e-9);
  EXPECT_LT(estimate->low, 1.07);
  EXPECT_GT(estimate->high, 1.07);
  const auto inverse = HodgesLehmannRatio(b, a, 0.05);
  EXPECT_NEAR(inverse->low, 1 / estimate->high, 1e-9);
}

TEST(HodgesLehmannRatio, TooFewValuesHaveNoInterval) {
  const auto estimate =
      HodgesLehmannRatio(std::vector<double>{1, 2}, std::vector<double>{2, 4}, 0.05);
  EXPECT_EQ(estimate->low, 0);
  EXPECT_TRUE(std::isinf(estimate->high));
  EXPECT_FALSE(HodgesLehmannRatio(std::vector<double>{0}, std::vector<double>{1}, 0.05));
  EXPECT_FALSE(HodgesLehmannRatio(std::vector<double>{}, std::vector<double>{1}, 0.05));
}

TEST(HodgesLehmannRatio, IntervalHoldsTheTruthAsOftenAsItSays) {
  int held = 0;
  constexpr int kPairs = 2000;
  for (std::uint64_t seed = 0; seed < kPairs; ++seed) {
    auto b = Gaussian(12, 2 * seed + 1);
    for (double& value : b) value *= 1.02;
    const auto estimate = HodgesLehmannRatio(Gaussian(12, 2 * seed), b, 0.05);
    held += estimate->low <= 1.02 && 1.02 <= estimate->high;
  }
  EXPECT_NEAR(static_cast<double>(held) / kPairs, 0.95, 0.015);
}

// The effect that is called detectable at 80 % power is found about 80 % of the time.
TEST(DetectableEffect, IsFoundAsOftenAsItSays) {
  double sum = 0;
  constexpr int kPairs = 1000;
  for (std::uint64_t seed = 0; seed < kPairs; ++seed) {
    sum += *DetectableEffect(Gaussian(12, 2 * seed), Gaussian(12, 2 * seed + 1), 0.01);
  }
  const double effect = sum / kPairs;
  int found = 0;
  for (std::uint64_t seed = 0; seed < kPairs; ++seed) {
    auto b = Gaussian(12, 2 * seed + 1);
    for (double& value : b) value *= 1 + effect;
    found += MannWhitney(Gaussian(12, 2 * seed), b).p <= 0.01;
  }
  EXPECT_NEAR(static_cast<double>(found) / kPairs, 0.8, 0.06);
  EXPECT_TRUE(std::isinf(*DetectableEffect(Gaussian(3, 1), Gaussian(3, 2), 0.05)));
}

TEST(BenjaminiHochberg, ByHand) {
  EXPECT_THAT(BenjaminiHochberg(std::vector<double>{0.01, 0.04, 0.03, 0.8}),
              ElementsAre(DoubleNear(0.04, 1e-12), DoubleNear(0.16 / 3, 1e-12),
                          DoubleNear(0.16 / 3, 1e-12), DoubleNear(0.8, 1e-12)));
  EXPECT_THAT(BenjaminiHochberg({}), SizeIs(0));
}

TEST(LookSchedule, SpendsAlphaOnce) {
  const auto looks = LookSchedule(10, 40, 0.05);
  ASSERT_THAT(looks, SizeIs(3));
  EXPECT_EQ(looks[0].launches, 10u);
  EXPECT_EQ(looks[1].launches, 20u);
  EXPECT_EQ(looks[2].launches, 40u);
  EXPECT_DOUBLE_EQ(looks[0].alpha, 0.025);
  EXPECT_DOUBLE_EQ(looks[1].alpha, 0.0125);
  EXPECT_DOUBLE_EQ(looks[2].alpha, 0.0125);
  for (std::size_t most : {3u, 10u, 11u, 50u}) {
    double spent = 0;
    for (const Look& look : LookSchedule(10, most, 0.05)) spent += look.alpha;
    EXPECT_DOUBLE_EQ(spent, 0.05) << most;
    EXPECT_EQ(LookSchedule(10, most, 0.05).back().launches, most);
  }
}

TEST(Order, FiniteOnesKeepTheirOrder) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const double endless = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Finite(std::vector<double>{3, none, 1, -endless, 2}), (std::vector<double>{3, 1, 2}));
}

TEST(Order, MediansAndQuantiles) {
  EXPECT_EQ(Median(std::vector<double>{3, 1, 2}), 2);
  EXPECT_EQ(Median(std::vector<double>{4, 1, 2, 3}), 2.5);
  std::vector<double> values{5, 1, 4, 2, 3};
  EXPECT_DOUBLE_EQ(QuantileInPlace(values, 0.25), 2);
  EXPECT_DOUBLE_EQ(QuantileInPlace(values, 1), 5);
  EXPECT_DOUBLE_EQ(QuantileInPlace(values, 0.1), 1.4);
  EXPECT_NEAR(MadSigma(std::vector<double>{1, 2, 3, 4, 1000}), 1.4826, 1e-3);
  EXPECT_DOUBLE_EQ(StandardDeviation(std::vector<double>{1, 3}), std::sqrt(2.0));
  EXPECT_EQ(StandardDeviation(std::vector<double>{1}), 0);
}

}  // namespace
}  // namespace pmubench::statistics
