#include "reports/statistics/signed_rank.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <vector>

#include "reports/statistics/verdict.h"

namespace pmubench::statistics {
namespace {

struct Pairs {
  std::vector<double> first, second;
};

// A drift that both values of a pair share, and a little noise of each.
Pairs Drifting(std::size_t count, double ratio, std::uint64_t seed, double noise = 0.005) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> gaussian;
  Pairs pairs;
  for (std::size_t i = 0; i < count; ++i) {
    const double level = 100 * std::exp(0.1 * gaussian(random));
    pairs.first.push_back(level * (1 + noise * gaussian(random)));
    pairs.second.push_back(level * ratio * (1 + noise * gaussian(random)));
  }
  return pairs;
}

// Every choice of signs of these mid-ranks; p is the share that is as far from the middle.
double ByEnumeration(const std::vector<double>& ranks, double positive) {
  double total = 0;
  for (const double rank : ranks) total += rank;
  const double seen = std::abs(positive - total / 2);
  int as_far = 0;
  for (unsigned signs = 0; signs < 1U << ranks.size(); ++signs) {
    double sum = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i) sum += (signs >> i & 1) != 0 ? ranks[i] : 0;
    as_far += std::abs(sum - total / 2) >= seen - 1e-9 ? 1 : 0;
  }
  return as_far / std::pow(2.0, static_cast<double>(ranks.size()));
}

TEST(SignedRank, IsTheExactDistribution) {
  // Differences 1, -2, 3, 4, -5, 6, 7, 8 (not all values are positive, so no logarithms).
  const std::vector<double> first = {0, 2, 0, 0, 5, 0, 0, 0};
  const std::vector<double> second = {1, 0, 3, 4, 0, 6, 7, 8};
  const RankTest test = SignedRank(first, second);
  EXPECT_TRUE(test.exact);
  EXPECT_EQ(test.u, 29);
  EXPECT_DOUBLE_EQ(test.p, ByEnumeration({1, 2, 3, 4, 5, 6, 7, 8}, 29));
}

TEST(SignedRank, SharesRanksAmongTiesAndLeavesEqualPairsOut) {
  // Differences 1, -1, 2, 2, 2, 0.
  const std::vector<double> first = {0, 1, 0, 0, 0, 4};
  const std::vector<double> second = {1, 0, 2, 2, 2, 4};
  const RankTest test = SignedRank(first, second);
  EXPECT_EQ(test.u, 13.5);
  EXPECT_DOUBLE_EQ(test.p, ByEnumeration({1.5, 1.5, 4, 4, 4}, 13.5));
  EXPECT_EQ(SignedRank(first, first).p, 1);
}

TEST(SignedRank, OneDirectionShowsTheSmallestP) {
  for (const std::size_t pairs : {1u, 5u, 10u, 40u}) {
    const Pairs all = Drifting(pairs, 2, pairs);
    EXPECT_NEAR(SignedRank(all.first, all.second).p / SmallestPairedP(pairs), 1, 1e-9) << pairs;
  }
  EXPECT_EQ(PairsToShow(0.05), 6u);
  EXPECT_EQ(PairsToShow(0.05 / 20), 10u);
}

TEST(SignedRank, KeepsItsLevel) {
  int rejected = 0;
  constexpr int kTrials = 3000;
  for (std::uint64_t seed = 0; seed < kTrials; ++seed) {
    const Pairs pairs = Drifting(10, 1, seed);
    rejected += SignedRank(pairs.first, pairs.second).p <= 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(rejected) / kTrials, 0.049, 0.012);
}

TEST(SignedRank, TheNormalFormContinuesTheExactOne) {
  for (const double ratio : {1.0, 1.001, 1.002}) {
    const Pairs longer = Drifting(kExactPairs + 1, ratio, 3);
    const std::vector<double> first(longer.first.begin(), longer.first.end() - 1);
    const std::vector<double> second(longer.second.begin(), longer.second.end() - 1);
    const RankTest normal = SignedRank(longer.first, longer.second);
    EXPECT_FALSE(normal.exact);
    EXPECT_LT(std::abs(std::log(normal.p / SignedRank(first, second).p)), 1) << ratio;
  }
}

TEST(PairedRatio, HoldsTheTruthAsOftenAsItSays) {
  int held = 0;
  constexpr int kTrials = 2000;
  for (std::uint64_t seed = 0; seed < kTrials; ++seed) {
    const Pairs pairs = Drifting(10, 1.03, seed);
    const auto estimate = PairedRatio(pairs.first, pairs.second, 0.05);
    ASSERT_TRUE(estimate.has_value());
    EXPECT_NEAR(estimate->ratio, 1.03, 0.02);
    held += estimate->low <= 1.03 && 1.03 <= estimate->high ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(held) / kTrials, 0.951, 0.015);
}

TEST(PairedRatio, TooFewPairsHaveNoInterval) {
  const auto estimate = PairedRatio(std::vector<double>{1, 2}, std::vector<double>{2, 4}, 0.05);
  EXPECT_DOUBLE_EQ(estimate->ratio, 2);
  EXPECT_EQ(estimate->low, 0);
  EXPECT_TRUE(std::isinf(estimate->high));
  EXPECT_FALSE(PairedRatio(std::vector<double>{0}, std::vector<double>{1}, 0.05));
}

// 10 % of drift hides 2 % from a test of two groups, not from one of pairs.
TEST(Weigh, PairsSeeThroughACommonDrift) {
  const Pairs pairs = Drifting(12, 1.02, 5);
  VerdictRules rules;
  const auto verdict = [&] {
    const Evidence evidence = Weigh(pairs.first, pairs.second, rules, 1);
    return Decide(evidence, evidence.p, rules, 1).verdict;
  };
  EXPECT_EQ(verdict(), Verdict::kInconclusive);
  rules.paired = true;
  EXPECT_EQ(verdict(), Verdict::kWorse);
  EXPECT_GT(*DetectablePairedEffect(pairs.first, pairs.second, 0.05), 0.002);
  EXPECT_LT(*DetectablePairedEffect(pairs.first, pairs.second, 0.05), 0.01);
  EXPECT_TRUE(std::isinf(*DetectablePairedEffect(pairs.first, pairs.second, 1e-9)));
}

TEST(Decide, SaysHowManyPairsItTakes) {
  VerdictRules rules;
  rules.paired = true;
  const Evidence evidence = Weigh(std::vector<double>{1, 2}, std::vector<double>{2, 4}, rules, 1);
  const Decision decision = Decide(evidence, evidence.p, rules, 1);
  EXPECT_EQ(decision.verdict, Verdict::kTooFew);
  EXPECT_THAT(decision.reason, ::testing::HasSubstr("6 a side"));
}

}  // namespace
}  // namespace pmubench::statistics
