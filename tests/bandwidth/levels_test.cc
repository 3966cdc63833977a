#include "bandwidth/levels.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <random>

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

double Cost(const std::vector<double>& counts, std::size_t begin, std::size_t end) {
  double mean = 0;
  for (std::size_t i = begin; i < end; ++i) mean += counts[i] / static_cast<double>(end - begin);
  double cost = 0;
  for (std::size_t i = begin; i < end; ++i) cost += (counts[i] - mean) * (counts[i] - mean);
  return cost;
}

/// The least cost of any way to cut into k runs, by trying them all.
double LeastCost(const std::vector<double>& counts, std::size_t begin, std::size_t k) {
  if (k == 1) return Cost(counts, begin, counts.size());
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t end = begin + 1; end + k - 1 <= counts.size(); ++end) {
    least = std::min(least, Cost(counts, begin, end) + LeastCost(counts, end, k - 1));
  }
  return least;
}

TEST(Levels, BreakAtGaps) {
  EXPECT_THAT(LevelsByGaps({100, 99, 98, 70, 69, 10, 0, 0}, 0.15), ElementsAre(3, 2, 1, 2));
  EXPECT_THAT(LevelsByGaps({5}, 0.15), ElementsAre(1));
  EXPECT_THAT(LevelsByGaps({}, 0.15), IsEmpty());
}

TEST(Levels, ClustersAreTheBestOfAll) {
  std::mt19937_64 random(1);
  for (int trial = 0; trial < 60; ++trial) {
    std::vector<double> counts(9);
    for (double& count : counts) count = std::uniform_real_distribution<>(0, 1e3)(random);
    std::sort(counts.rbegin(), counts.rend());
    for (std::size_t k = 1; k <= 5; ++k) {
      double cost = 0;
      std::size_t begin = 0;
      for (const std::size_t length : BestClusters(counts, k)) {
        cost += Cost(counts, begin, begin + length);
        begin += length;
      }
      EXPECT_EQ(begin, counts.size());
      EXPECT_NEAR(cost, LeastCost(counts, 0, k), 1e-6);
    }
  }
}

TEST(Levels, ClustersOfFewCounts) {
  EXPECT_THAT(BestClusters({}, 3), IsEmpty());
  EXPECT_THAT(BestClusters({7, 7}, 3), ElementsAre(1, 1));
  EXPECT_THAT(BestClusters({0, 0, 0}, 1), ElementsAre(3));
}

TEST(Levels, Unevenness) {
  EXPECT_EQ(Unevenness({}), 0);
  EXPECT_EQ(Unevenness({0, 0}), 0);
  EXPECT_DOUBLE_EQ(Unevenness({101, 99}), 0.02);
}

}  // namespace
}  // namespace pmubench
