#include "reports/compare/sequential.h"

#include <gmock/gmock.h>

#include <random>

namespace pmubench::compare {
namespace {

using statistics::LookSchedule;
using statistics::Verdict;

class Source {
 public:
  explicit Source(std::uint64_t seed) : random_(seed) {}

  Launch Next(double level) {
    Launch launch;
    launch.fingerprint["machine id"] = "1";
    launch.values["a"]["wall_time"] = {level * (1 + 0.01 * gaussian_(random_))};
    return launch;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> gaussian_;
};

// Runs to the end; gives the comparison back.
SequentialComparison Decide(Source& source, double change, double floor) {
  CompareOptions options;
  options.floors[statistics::MetricClass::kTiming] = floor;
  SequentialComparison comparison(LookSchedule(10, 40, 0.05), options);
  while (!comparison.Finished()) {
    while (comparison.launches() < *comparison.NextLook()) {
      comparison.Add(source.Next(100), source.Next(100 * (1 + change)));
    }
    EXPECT_TRUE(comparison.Look(false).ok());
  }
  return comparison;
}

TEST(SequentialComparison, EndsWhenItIsDecided) {
  Source source(1);
  const auto large = Decide(source, 0.2, 0.01);
  EXPECT_EQ(large.launches(), 10u);
  EXPECT_EQ(large.result().benchmarks[0].verdict, Verdict::kWorse);
  EXPECT_DOUBLE_EQ(large.result().alpha, 0.05);
  const auto none = Decide(source, 0, 0.05);
  EXPECT_EQ(none.launches(), 10u);
  EXPECT_EQ(none.result().benchmarks[0].verdict, Verdict::kEquivalent);
  EXPECT_EQ(Decide(source, 0, 0.0001).launches(), 40u);
}

// Three looks together keep the nominal 5 %: at most 15 of 200 (two standard deviations).
TEST(SequentialComparison, LooksTogetherKeepTheFalseAlarmRate) {
  Source source(2);
  int alarms = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const auto result = Decide(source, 0, 0).result();
    alarms += result.Count(Verdict::kWorse) + result.Count(Verdict::kBetter) > 0 ? 1 : 0;
  }
  EXPECT_LE(alarms, 15);
}

TEST(SequentialComparison, ALastLookSpendsAllThatIsLeft) {
  Source source(3);
  SequentialComparison comparison(LookSchedule(10, 40, 0.05), {});
  comparison.Add(source.Next(100), source.Next(100));
  ASSERT_TRUE(comparison.Look(true).ok());
  EXPECT_TRUE(comparison.Finished());
  EXPECT_EQ(CompareExitCode(comparison.result(), false), 3);
}

TEST(SequentialComparison, WhatALookDecidedStaysDecided) {
  Source source(4);
  SequentialComparison comparison(LookSchedule(10, 40, 0.05), {});
  for (int i = 0; i < 10; ++i) {
    Launch base = source.Next(100);
    Launch now = source.Next(110);
    base.values["b"] = source.Next(100).values["a"];
    now.values["b"] = source.Next(100.5).values["a"];
    comparison.Add(base, now);
  }
  ASSERT_TRUE(comparison.Look(false).ok());
  ASSERT_EQ(comparison.result().benchmarks[0].verdict, Verdict::kWorse);
  for (int i = 0; i < 10; ++i) {
    Launch base = source.Next(100);
    Launch now = source.Next(90);
    base.values["b"] = now.values["b"] = source.Next(100).values["a"];
    comparison.Add(base, now);
  }
  ASSERT_TRUE(comparison.Look(false).ok());
  EXPECT_EQ(comparison.result().benchmarks[0].verdict, Verdict::kWorse);
  EXPECT_EQ(comparison.result().benchmarks[0].metrics[0].evidence.base_launches, 10u);
}

}  // namespace
}  // namespace pmubench::compare
