#include "catalogue/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace pmubench {
namespace {

using ::testing::HasSubstr;

CatalogueMetric Metric(const std::string& formula) {
  CatalogueMetric metric;
  metric.name = "m";
  metric.unit = "A/B";
  metric.formula = *Formula::Parse(formula);
  for (const std::string& name : metric.formula.names()) {
    if (!IsRunQuantity(name)) metric.events.push_back(name);
  }
  return metric;
}

Measurement Counted(std::map<std::string, EventCount> events,
                    std::map<std::string, Value> quantities = {}, int run = -1) {
  Measurement measurement;
  measurement.events = std::move(events);
  measurement.quantities = std::move(quantities);
  measurement.run = run;
  return measurement;
}

EventCount Full(double count) { return {count, 1000, 1000}; }

TEST(EvaluateTest, TakesTheRatioOfSumsAndTheSpreadOfSingles) {
  const std::vector<Measurement> runs{Counted({{"A", Full(10)}, {"B", Full(10)}}),
                                      Counted({{"A", Full(90)}, {"B", Full(30)}})};
  const MetricValue value = EvaluateMetric(Metric("A / B"), runs, {});
  EXPECT_DOUBLE_EQ(*value.value.number, 2.5);
  EXPECT_EQ(value.measurements, 2);
  EXPECT_EQ(*value.sampling_ratio, 1);
  EXPECT_EQ(*value.min, 1);
  EXPECT_EQ(*value.max, 3);
  EXPECT_EQ(*value.mean, 2);
  EXPECT_DOUBLE_EQ(*value.stddev, std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(*value.cv, std::sqrt(2.0) / 2);
}

TEST(EvaluateTest, UsesOnlyMeasurementsThatHoldAllEvents) {
  const std::vector<Measurement> runs{Counted({{"A", Full(1000)}}), Counted({{"B", Full(1000)}}),
                                      Counted({{"A", Full(6)}, {"B", Full(3)}})};
  const MetricValue value = EvaluateMetric(Metric("A / B"), runs, {});
  EXPECT_EQ(*value.value.number, 2);
  EXPECT_EQ(value.measurements, 1);
  EXPECT_FALSE(value.stddev);
}

TEST(EvaluateTest, ScalesWhatRanPartOfTheTime) {
  const std::vector<Measurement> runs{
      Counted({{"A", {100, 1000, 250}}}, {{"iterations", {8.0, ""}}})};
  const MetricValue value = EvaluateMetric(Metric("A / iterations"), runs, {});
  EXPECT_DOUBLE_EQ(*value.value.number, 50);
  EXPECT_DOUBLE_EQ(*value.sampling_ratio, 0.25);
}

TEST(EvaluateTest, TurnsOfOneRotationCoverOneRunTogether) {
  const std::map<std::string, Value> quantities{{"iterations", {10.0, ""}}};
  std::vector<Measurement> turns{Counted({{"A", {100, 1000, 250}}}, quantities, 0),
                                 Counted({{"A", {140, 1000, 350}}}, quantities, 0),
                                 Counted({{"B", {999, 1000, 400}}}, quantities, 0)};
  const MetricValue value = EvaluateMetric(Metric("A / iterations"), turns, {});
  EXPECT_DOUBLE_EQ(*value.value.number, 40);
  EXPECT_DOUBLE_EQ(*value.sampling_ratio, 0.6);
  EXPECT_EQ(value.measurements, 2);
  for (Measurement& turn : turns) turn.run = -1;
  EXPECT_DOUBLE_EQ(*EvaluateMetric(Metric("A / iterations"), turns, {}).sampling_ratio, 0.3);
}

TEST(EvaluateTest, SaysWhyThereIsNoNumber) {
  const CatalogueMetric metric = Metric("A / B");
  const auto reason = [&metric](const std::vector<Measurement>& runs,
                                const std::map<std::string, std::string>& missing = {}) {
    const MetricValue value = EvaluateMetric(metric, runs, missing);
    EXPECT_FALSE(value.value.number);
    EXPECT_FALSE(value.sampling_ratio && !runs.empty() && value.measurements == 0);
    return value.value.reason;
  };
  EXPECT_EQ(reason({}), "nothing was measured");
  EXPECT_EQ(reason({}, {{"B", "no PMU here"}}), "B: no PMU here");
  EXPECT_EQ(reason({Counted({{"A", Full(1)}})}), "B was not counted");
  EXPECT_EQ(reason({Counted({{"A", Full(1)}}), Counted({{"B", Full(1)}})}),
            "its events were never counted at the same time");
  EXPECT_THAT(reason({Counted({{"A", Full(1)}, {"B", {0, 1000, 0}}})}),
              HasSubstr("B never had a counter"));
  EXPECT_EQ(reason({Counted({{"A", Full(1)}, {"B", Full(0)}})}), "B is 0");
}

TEST(EvaluateTest, PassesOnWhyAQuantityIsNotKnown) {
  const std::vector<Measurement> runs{
      Counted({{"A", Full(1)}}, {{"wall_ns", {std::nullopt, "manual time"}}})};
  EXPECT_EQ(EvaluateMetric(Metric("A / wall_ns"), runs, {}).value.reason, "wall_ns: manual time");
  EXPECT_EQ(EvaluateMetric(Metric("A / cpu_ns"), runs, {}).value.reason,
            "cpu_ns is not known here");
}

TEST(EvaluateTest, AMetricWithoutEventsUsesEveryRun) {
  const std::vector<Measurement> runs{
      Counted({}, {{"cpu_ns", {500.0, ""}}, {"wall_ns", {1000.0, ""}}}),
      Counted({}, {{"cpu_ns", {1000.0, ""}}, {"wall_ns", {1000.0, ""}}})};
  const MetricValue value = EvaluateMetric(Metric("100 * cpu_ns / wall_ns"), runs, {});
  EXPECT_DOUBLE_EQ(*value.value.number, 75);
  EXPECT_FALSE(value.sampling_ratio);
}

}  // namespace
}  // namespace pmubench
