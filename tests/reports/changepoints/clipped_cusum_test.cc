#include "reports/changepoints/clipped_cusum.h"

#include <gmock/gmock.h>

#include <cmath>

#include "ci/bench/changepoints_benchmark/operating_points.h"
#include "reports/changepoints/cusum_threshold.h"
#include "reports/changepoints/seeded_intervals.h"

namespace pmubench::changepoints {
namespace {

using bench::Noise;
using bench::SimulatedSeries;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<double> Steps(std::initializer_list<std::pair<std::size_t, double>> segments) {
  std::vector<double> values;
  for (const auto& [count, level] : segments) values.insert(values.end(), count, level);
  return values;
}

// The figures that the documentation states.
TEST(ClippedCusum, MeetsItsStatedRates) {
  const auto detector = [](std::span<const double> values) { return ClippedCusum(values); };
  for (const auto& requirement : bench::Requirements()) {
    const double rate = bench::Rate(detector, requirement.noise, requirement.step);
    EXPECT_TRUE(bench::Met(requirement, rate))
        << bench::NoiseName(requirement.noise) << (requirement.step ? " step" : " no step") << ": "
        << rate << " against " << requirement.limit;
  }
}

TEST(ClippedCusum, DescribesAStep) {
  const auto points = ClippedCusum(Steps({{20, 100}, {20, 103}}));
  ASSERT_THAT(points, SizeIs(1));
  EXPECT_EQ(points[0].index, 20u);
  EXPECT_DOUBLE_EQ(points[0].before, 100);
  EXPECT_DOUBLE_EQ(points[0].after, 103);
  EXPECT_NEAR(points[0].relative_change, 0.03, 1e-12);
  EXPECT_LT(points[0].p, 0.01);
}

TEST(ClippedCusum, SameWhateverTheUnit) {
  auto values = SimulatedSeries(Noise::kGaussian, 120, 5, bench::Step{4, 40});
  const auto points = ClippedCusum(values);
  ASSERT_THAT(points, SizeIs(1));
  for (double& value : values) value *= 1e-9;
  const auto scaled = ClippedCusum(values);
  ASSERT_THAT(scaled, SizeIs(1));
  EXPECT_EQ(scaled[0].index, points[0].index);
  EXPECT_NEAR(scaled[0].p, points[0].p, 1e-6);
}

TEST(ClippedCusum, OutliersAreNoSteps) {
  auto values = SimulatedSeries(Noise::kGaussian, 200, 3);
  values[60] = 1e6;
  values[61] = 1e6;
  values[150] = 1e-6;
  EXPECT_THAT(ClippedCusum(values), IsEmpty());
}

TEST(ClippedCusum, ShortestStepSaysWhatAnOutlierIs) {
  auto values = Steps({{50, 1000}, {2, 1100}});
  EXPECT_THAT(ClippedCusum(values), IsEmpty());
  ClippedCusumOptions options;
  options.shortest_step = 2;
  EXPECT_THAT(ClippedCusum(values, options), SizeIs(1));
  values.push_back(1100);
  EXPECT_THAT(ClippedCusum(values), SizeIs(1));
}

TEST(ClippedCusum, SmallStepsCanBeLeftOut) {
  auto values = SimulatedSeries(Noise::kExact, 90, 1);
  for (std::size_t i = 30; i < 90; ++i) values[i] += i < 60 ? 0.5 : 10;
  EXPECT_THAT(ClippedCusum(values), SizeIs(2));
  ClippedCusumOptions options;
  options.minimum_effect = 0.01;
  const auto points = ClippedCusum(values, options);
  ASSERT_THAT(points, SizeIs(1));
  EXPECT_EQ(points[0].index, 60u);
  options.minimum_effect = 0.2;
  EXPECT_THAT(ClippedCusum(values, options), IsEmpty());
}

TEST(ClippedCusum, AScaleFloorHidesWhatIsBelowIt) {
  const auto values = Steps({{30, 100}, {30, 100.01}});
  EXPECT_THAT(ClippedCusum(values), SizeIs(1));
  ClippedCusumOptions options;
  options.scale_floor = 0.001;
  EXPECT_THAT(ClippedCusum(values, options), IsEmpty());
}

TEST(ClippedCusum, SeesAStaircaseOfTwoCloseSteps) {
  auto values = SimulatedSeries(Noise::kGaussian, 120, 11);
  for (std::size_t i = 60; i < 120; ++i) values[i] += i < 66 ? 4 : 8;
  const auto points = ClippedCusum(values);
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_NEAR(static_cast<double>(points[0].index), 60, 1);
  EXPECT_NEAR(static_cast<double>(points[1].index), 66, 1);
}

TEST(ClippedCusum, NegativeValuesAndZero) {
  const auto points = ClippedCusum(Steps({{20, -5}, {20, 0}, {20, 5}}));
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_DOUBLE_EQ(points[0].relative_change, 1);
  EXPECT_TRUE(std::isinf(points[1].relative_change));
}

TEST(ClippedCusum, ShortSeriesHaveNone) {
  for (std::size_t count = 0; count < 6; ++count) {
    EXPECT_THAT(ClippedCusum(std::vector<double>(count, 1.0)), IsEmpty());
  }
  EXPECT_THAT(ClippedCusum(std::vector<double>{1, 1, 1, 9, 9, 9}), SizeIs(1));
}

TEST(CusumThreshold, ProbabilityAndThresholdAreInverse) {
  for (std::size_t count : {6u, 60u, 200u, 365u, 5000u}) {
    for (double alpha : {0.05, 0.01, 1e-6}) {
      EXPECT_NEAR(ContrastProbability(count, ContrastThreshold(count, alpha)), alpha, alpha * 1e-6);
    }
  }
}

// Gaussian series pass the threshold as often as it says.
TEST(CusumThreshold, IsCalibrated) {
  const double threshold = ContrastThreshold(200, 0.05);
  constexpr int kSeries = 2000;
  int above = 0;
  for (int seed = 0; seed < kSeries; ++seed) {
    above += LargestContrast(SimulatedSeries(Noise::kGaussian, 200, 500000 + seed)) > threshold;
  }
  EXPECT_NEAR(static_cast<double>(above) / kSeries, 0.05, 0.015);
}

TEST(SeededIntervals, CoverEveryNeighbourhoodNarrowestFirst) {
  const auto intervals = SeededIntervals(200, 4);
  EXPECT_LT(intervals.size(), 600u);
  EXPECT_EQ(intervals.back().size(), 200u);
  for (std::size_t i = 1; i < intervals.size(); ++i) {
    EXPECT_LE(intervals[i - 1].size(), intervals[i].size());
  }
  for (std::size_t place = 2; place + 2 < 200; ++place) {
    bool inside = false;
    for (const Interval& interval : intervals) {
      inside = inside || (interval.size() <= 8 && interval.begin < place && place < interval.end);
    }
    EXPECT_TRUE(inside) << place;
  }
  EXPECT_THAT(SeededIntervals(3, 4), IsEmpty());
}

}  // namespace
}  // namespace pmubench::changepoints
