#include "reports/history/band.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "reports/history/events.h"

namespace pmubench::history {
namespace {

std::vector<double> Noise(std::mt19937_64& random, std::size_t count, double level, double sd) {
  std::normal_distribution<double> noise(level, sd);
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(noise(random));
  return values;
}

TEST(Band, FewGaussianValuesFallOutside) {
  std::mt19937_64 random(1);
  for (const std::size_t length : {8U, 15U, 30U}) {
    int outside = 0;
    constexpr int kTrials = 4000;
    for (int i = 0; i < kTrials; ++i) {
      auto values = Noise(random, length + 1, 100, 3);
      const double tonight = values.back();
      values.pop_back();
      outside += SideOf(*SegmentBand(values, {.floor = 0}), tonight) != Side::kInside ? 1 : 0;
    }
    EXPECT_LE(outside, kTrials / 50) << length << " values: more than 2 % outside";
  }
}

TEST(Band, OneOutlierDoesNotWidenItAndMissingValuesArePassedOver) {
  std::mt19937_64 random(2);
  auto values = Noise(random, 30, 100, 1);
  const Band quiet = *SegmentBand(values);
  values[10] = 1000;
  values[11] = std::numeric_limits<double>::quiet_NaN();
  values[12] = std::numeric_limits<double>::infinity();
  const Band with_outlier = *SegmentBand(values);
  EXPECT_EQ(with_outlier.values, 28U);
  EXPECT_LT(with_outlier.high - with_outlier.low, 1.5 * (quiet.high - quiet.low));
  EXPECT_EQ(SegmentBand(std::vector<double>(4, 1)), std::nullopt);
}

TEST(Band, AConstantSeriesHasItsFloor) {
  const Band band = *SegmentBand(std::vector<double>(10, 200), {.floor = 0.01});
  EXPECT_DOUBLE_EQ(band.low, 198);
  EXPECT_DOUBLE_EQ(band.high, 202);
  EXPECT_EQ(SideOf(band, 201), Side::kInside);
  EXPECT_EQ(SideOf(band, 203), Side::kAbove);
}

TEST(Rerun, ConfirmsRefutesOrLeavesOpen) {
  const Band band{98, 100, 102, 30};
  const std::vector<double> slow = {110, 111, 109, 110, 112, 110, 111, 109};
  const std::vector<double> same = {100, 101, 99, 100, 100.5, 99.5, 100, 100};
  const std::vector<double> between = {98, 110, 99, 111, 100, 109, 101, 112};
  EXPECT_EQ(JudgeRerun(band, 110, slow), Rerun::kConfirmed);
  EXPECT_EQ(JudgeRerun(band, 110, same), Rerun::kNoise);
  EXPECT_EQ(JudgeRerun(band, 110, between), Rerun::kInconclusive);
  EXPECT_EQ(JudgeRerun(band, 110, std::vector<double>(5, 110)), Rerun::kInconclusive) << "too few";
  EXPECT_EQ(JudgeRerun(band, 110, slow, slow), Rerun::kNoise) << "the last good one is as slow";
  EXPECT_EQ(JudgeRerun(band, 90, slow), Rerun::kInconclusive) << "now on the other side";
}

TEST(Events, StepsAtOnePlaceAreOneEvent) {
  std::vector<SeriesChange> changes;
  for (std::size_t i = 0; i < 20; ++i) {
    changes.push_back({"b" + std::to_string(i), "real_time", 40 + i % 3,
                       0.01 * static_cast<double>(1 + i), false});
  }
  changes.push_back({"late", "real_time", 60, -0.2, false});
  changes.push_back({"canary/compute", "real_time", 61, 0.1, true});
  const auto events = GroupEvents(changes);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].Benchmarks(), 20U);
  EXPECT_EQ(events[0].changes[0].benchmark, "b19") << "the largest first";
  EXPECT_FALSE(events[0].environment);
  EXPECT_EQ(events[1].Benchmarks(), 1U);
  EXPECT_TRUE(events[1].environment);
}

TEST(Events, AYearOfSmallStepsIsNotOneEvent) {
  std::vector<SeriesChange> changes;
  for (std::size_t run = 0; run < 100; ++run)
    changes.push_back({"b", "real_time", run, 0.1, false});
  EXPECT_GE(GroupEvents(changes).size(), 20U);
}

}  // namespace
}  // namespace pmubench::history
