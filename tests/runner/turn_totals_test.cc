// From turns to metrics: what is summed, what is scaled, and what is not known.
#include "runner/turn_totals.h"

#include <gtest/gtest.h>

namespace pmubench {
namespace {

CatalogueMetric Metric(const std::string& formula) {
  CatalogueMetric metric;
  metric.name = formula;
  metric.formula = *Formula::Parse(formula);
  for (const std::string& name : metric.formula.names()) {
    if (!IsRunQuantity(name)) metric.events.push_back(name);
  }
  return metric;
}

TurnLayout TwoGroups() { return {{{"CYCLES", "A"}, {"CYCLES", "B"}}, {"FAULTS"}}; }

/// A turn of `group` that lasts `time` and runs all of it.
TargetTurn Turn(std::size_t group, std::uint64_t time, std::vector<std::uint64_t> counts,
                std::uint64_t faults) {
  TargetTurn turn;
  turn.groups.resize(2);
  turn.groups[group] = {std::move(counts), time, time};
  turn.always = {faults};
  turn.time_ns = time;
  return turn;
}

MetricValue Evaluate(const std::string& formula, const TurnTotals& totals) {
  return EvaluateMetric(Metric(formula), totals.Measurements({{"wall_ns", {400.0, ""}}}), {});
}

class TurnTotalsTest : public ::testing::Test {
 protected:
  TurnTotals totals_{TwoGroups()};
};

TEST_F(TurnTotalsTest, CountsAreScaledToTheWholeTimeAndRatiosSaySo) {
  totals_.Add(Turn(0, 100, {1000, 50}, 3), 0);
  totals_.Add(Turn(1, 300, {3000, 30}, 4), 0);
  const MetricValue a = Evaluate("A", totals_);
  EXPECT_DOUBLE_EQ(*a.value.number, 200);
  EXPECT_DOUBLE_EQ(*a.sampling_ratio, 0.25);
  // In every group, so counted all the time, and a ratio to it is of the same turns.
  EXPECT_DOUBLE_EQ(*Evaluate("CYCLES", totals_).value.number, 4000);
  EXPECT_DOUBLE_EQ(*Evaluate("CYCLES", totals_).sampling_ratio, 1);
  EXPECT_DOUBLE_EQ(*Evaluate("B / CYCLES", totals_).value.number, 0.01);
}

TEST_F(TurnTotalsTest, SoftwareEventsAreWholeWhateverTheirTurn) {
  totals_.Add(Turn(0, 100, {1000, 50}, 3), 0);
  totals_.Add(Turn(1, 300, {3000, 30}, 4), 0);
  EXPECT_DOUBLE_EQ(*Evaluate("FAULTS", totals_).value.number, 7);
  EXPECT_DOUBLE_EQ(*Evaluate("FAULTS", totals_).sampling_ratio, 1);
  EXPECT_DOUBLE_EQ(*Evaluate("A / FAULTS", totals_).value.number, 200.0 / 7);
  EXPECT_EQ(totals_.IntervalOf(Metric("FAULTS"), {})->half_width, 0);
}

TEST_F(TurnTotalsTest, EventsOfDifferentTurnsGiveNoMetric) {
  totals_.Add(Turn(0, 100, {1000, 50}, 0), 0);
  totals_.Add(Turn(1, 100, {1000, 30}, 0), 0);
  EXPECT_FALSE(Evaluate("A / B", totals_).value.number);
  EXPECT_EQ(totals_.NoTurnReason(Metric("A / B")), "");
}

TEST_F(TurnTotalsTest, AGroupWithoutATurnSaysSo) {
  totals_.Add(Turn(0, 100, {1000, 50}, 0), 0);
  EXPECT_TRUE(Evaluate("A", totals_).value.number);
  EXPECT_FALSE(Evaluate("B", totals_).value.number);
  EXPECT_NE(totals_.NoTurnReason(Metric("B")).find("1 of 2 groups"), std::string::npos);
}

TEST_F(TurnTotalsTest, TargetsThatSleptHaveNoSoftwareEventsAndNoCounts) {
  totals_.Add(Turn(0, 0, {0, 0}, 0), 0);
  EXPECT_DOUBLE_EQ(*Evaluate("FAULTS", totals_).value.number, 0);
  EXPECT_DOUBLE_EQ(*Evaluate("FAULTS", totals_).sampling_ratio, 1);
  EXPECT_FALSE(Evaluate("A", totals_).value.number);
  EXPECT_EQ(totals_.NoTurnReason(Metric("A")), "what is counted did not run");
}

TEST_F(TurnTotalsTest, NothingAtAllStillHasTheRunsTimes) {
  EXPECT_DOUBLE_EQ(*Evaluate("wall_ns / 4", totals_).value.number, 100);
}

TEST_F(TurnTotalsTest, IntervalsComeFromTheTurnsOfTheMetricsGroups) {
  for (std::size_t round = 0; round < 6; ++round) {
    const std::uint64_t wave = round % 2;
    totals_.Add(Turn(0, 100, {1000, 50 + wave}, 0), round);
    totals_.Add(Turn(1, 100, {1000, 30}, 0), round);
    totals_.Add(Turn(0, 100, {1000, 60 - wave}, 0), round);
    totals_.Add(Turn(1, 100, {1000, 30}, 0), round);
  }
  const auto a = totals_.IntervalOf(Metric("A"), {});
  ASSERT_TRUE(a);
  EXPECT_EQ(a->turns, 12);
  EXPECT_GT(a->half_width, 0);
  EXPECT_NEAR(totals_.IntervalOf(Metric("B"), {})->half_width, 0, 1e-9);
  EXPECT_EQ(totals_.IntervalOf(Metric("CYCLES"), {})->half_width, 0) << "counted all the time";
}

TEST_F(TurnTotalsTest, OneGroupThatRanAllTheTimeItWasEnabledIsExact) {
  TurnTotals one({{{"CYCLES", "A"}}, {}});
  TargetTurn turn;
  turn.groups = {{{1000, 50}, 990, 990}};
  turn.time_ns = 1000;
  one.Add(turn, 0);
  ASSERT_TRUE(one.IntervalOf(Metric("A"), {}));
  EXPECT_EQ(one.IntervalOf(Metric("A"), {})->half_width, 0);
}

TEST_F(TurnTotalsTest, TurnsOfTheKernelsChoosingHaveNoInterval) {
  TargetTurn turn = Turn(0, 100, {1000, 50}, 0);
  turn.groups[1] = {{1000, 30}, 200, 100};
  turn.time_ns = 200;
  totals_.Add(turn, 0);
  totals_.Add(turn, 1);
  EXPECT_DOUBLE_EQ(*Evaluate("A", totals_).value.number, 200);
  EXPECT_FALSE(totals_.IntervalOf(Metric("A"), {}));
}

}  // namespace
}  // namespace pmubench
