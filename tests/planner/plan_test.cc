// What a plan promises, on small problems that can be checked by eye.
#include "planner/plan.h"

#include <gmock/gmock.h>

#include "planner/plan_checks.h"

namespace pmubench {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

PlanProblem Counters(int general) {
  PlanProblem problem;
  problem.general_counters = general;
  return problem;
}

Plan Checked(const PlanProblem& problem, const PlanOptions& options = {}) {
  const Plan plan = MakePlan(problem, options);
  EXPECT_EQ(CheckPlan(problem, plan), "");
  EXPECT_TRUE(plan.proven);
  EXPECT_EQ(plan.lower_bound, static_cast<int>(plan.groups.size()));
  return plan;
}

TEST(Plan, NothingAskedNothingPlanned) {
  const Plan plan = Checked(Counters(6));
  EXPECT_THAT(plan.groups, IsEmpty());
  EXPECT_EQ(plan.lower_bound, 0);
}

TEST(Plan, DedicatedEventsRideInEveryGroup) {
  PlanProblem problem = Counters(1);
  problem.dedicated = {{"cycles", "own"}, {"unused", "other"}};
  problem.metrics = {{"a", {"a", "cycles"}, 1}, {"b", {"b"}, 1}, {"t", {"cycles"}, 1}};
  const Plan plan = Checked(problem);
  ASSERT_THAT(plan.groups, SizeIs(2));
  for (const PlanGroup& group : plan.groups) {
    EXPECT_THAT(group.events, Contains("cycles"));
    EXPECT_THAT(group.events, Not(Contains("unused")));
  }
  EXPECT_EQ(plan.metrics[2].ratio_union, 1);
  EXPECT_FALSE(plan.metrics[2].counted);
  EXPECT_DOUBLE_EQ(plan.mean.union_, 0.5);  // over a and b
}

TEST(Plan, OnlyDedicatedEventsNeedOneGroup) {
  PlanProblem problem = Counters(0);
  problem.dedicated = {{"cycles", "c0"}, {"instructions", "c1"}};
  problem.metrics = {{"ipc", {"instructions", "cycles"}, 1}};
  const Plan plan = Checked(problem);
  ASSERT_THAT(plan.groups, SizeIs(1));
  EXPECT_THAT(plan.groups[0].events, ElementsAre("cycles", "instructions"));
}

TEST(Plan, ASecondEventOfADedicatedCounterCostsAGeneralOne) {
  PlanProblem problem = Counters(2);
  problem.dedicated = {{"cycles:u", "own"}, {"cycles:k", "own"}};
  problem.metrics = {{"share", {"cycles:u", "cycles:k", "a"}, 1}};
  EXPECT_THAT(Checked(problem).groups, SizeIs(1));
  problem.metrics[0].events.push_back("b");
  const Plan plan = MakePlan(problem);
  EXPECT_EQ(CheckPlan(problem, plan), "");
  ASSERT_THAT(plan.unplannable, SizeIs(1));
  EXPECT_EQ(plan.unplannable[0].counters_short, 1);
  problem.metrics[0].events.pop_back();
  problem.constraints["cycles:u"].dedicated_only = true;
  problem.constraints["cycles:k"].dedicated_only = true;
  EXPECT_THAT(MakePlan(problem).unplannable, SizeIs(1));
}

TEST(Plan, SaysWhatFitsNoGroupAndPlansTheRest) {
  PlanProblem problem = Counters(2);
  problem.metrics = {{"wide", {"a", "b", "c", "d", "e"}, 1}, {"fine", {"a", "b"}, 1}};
  const Plan plan = Checked(problem);
  ASSERT_THAT(plan.unplannable, SizeIs(1));
  EXPECT_EQ(plan.unplannable[0].name, "wide");
  EXPECT_EQ(plan.unplannable[0].counters_short, 3);
  EXPECT_THAT(plan.unplannable[0].events, ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(plan.unplannable[0].reason, HasSubstr("5 counters"));
  ASSERT_THAT(plan.metrics, SizeIs(1));
  EXPECT_EQ(plan.metrics[0].name, "fine");
}

TEST(Plan, NamesTheRestrictedEventsThatDoNotFit) {
  PlanProblem problem = Counters(4);
  for (const char* event : {"a", "b", "c"}) problem.constraints[event].counters = {0, 1};
  problem.metrics = {{"m", {"a", "b", "c", "d"}, 1}};
  const Plan plan = MakePlan(problem);
  ASSERT_THAT(plan.unplannable, SizeIs(1));
  EXPECT_EQ(plan.unplannable[0].counters_short, 1);
  EXPECT_THAT(plan.unplannable[0].events, ElementsAre("a", "b", "c"));
}

TEST(Plan, RespectsAllowedCounters) {
  // Overlapping sets: {0,1}, {1,2}, {0,2}, and a third of one kind too many.
  PlanProblem problem = Counters(4);
  problem.constraints["a"].counters = {0, 1};
  problem.constraints["b"].counters = {1, 2};
  problem.constraints["c"].counters = {0, 2};
  problem.constraints["d"].counters = {0, 1, 2};
  for (const char* event : {"a", "b", "c", "d"}) problem.metrics.push_back({event, {event}, 1});
  EXPECT_THAT(Checked(problem).groups, SizeIs(2));
}

TEST(Plan, PairsNeedAnEvenCounterAndTheNext) {
  PlanProblem problem = Counters(5);
  for (const char* event : {"p", "q", "r"}) problem.constraints[event].slots = 2;
  for (const char* event : {"p", "q", "r", "s"}) problem.metrics.push_back({event, {event}, 1});
  // Five counters hold two pairs and a single event, never two pairs and a half.
  EXPECT_THAT(Checked(problem).groups, SizeIs(2));
  problem.general_counters = 7;
  EXPECT_THAT(Checked(problem).groups, SizeIs(1));
  // Restricted single events on 0 and 2 leave a pair only 4 and 5 ...
  problem.general_counters = 6;
  problem.metrics = {{"m", {"p", "s", "t"}, 1}};
  problem.constraints["s"].counters = {0};
  problem.constraints["t"].counters = {2};
  EXPECT_THAT(Checked(problem).groups, SizeIs(1));
  // ... and with four counters none, although four counters are enough by number.
  problem.general_counters = 4;
  const Plan plan = MakePlan(problem);
  EXPECT_EQ(CheckPlan(problem, plan), "");
  ASSERT_THAT(plan.unplannable, SizeIs(1));
  EXPECT_EQ(plan.unplannable[0].counters_short, 0);
}

TEST(Plan, SomeEventsMustBeAlone) {
  PlanProblem problem = Counters(4);
  problem.dedicated["cycles"] = "own";
  problem.constraints["x"].alone = true;
  problem.metrics = {{"a", {"a"}, 1}, {"b", {"b"}, 1}, {"x", {"x", "cycles"}, 1}};
  EXPECT_THAT(Checked(problem).groups, SizeIs(2));
  problem.metrics.push_back({"ax", {"a", "x"}, 1});
  const Plan plan = MakePlan(problem);
  EXPECT_EQ(CheckPlan(problem, plan), "");
  ASSERT_THAT(plan.unplannable, SizeIs(1));
  EXPECT_EQ(plan.unplannable[0].counters_short, 0);
  EXPECT_THAT(plan.unplannable[0].reason, HasSubstr("alone"));
}

TEST(Plan, OneFilterRegisterHasOneValue) {
  PlanProblem problem = Counters(4);
  for (const char* event : {"f", "g", "h"}) problem.constraints[event].filter_register = "msr";
  problem.constraints["f"].filter_value = "1";
  problem.constraints["g"].filter_value = "2";
  problem.constraints["h"].filter_value = "1";
  for (const char* event : {"f", "g", "h"}) problem.metrics.push_back({event, {event}, 1});
  const Plan plan = Checked(problem);
  ASSERT_THAT(plan.groups, SizeIs(2));
}

TEST(Plan, OtherPmusCostNoCoreCounter) {
  PlanProblem problem = Counters(1);
  problem.constraints["page_faults"].pmu = "software";
  for (const char* event : {"reads", "writes"}) problem.constraints[event].pmu = "imc";
  problem.pmu_counters["imc"] = 2;
  problem.metrics = {{"m", {"a", "reads", "writes", "page_faults"}, 1}};
  EXPECT_THAT(Checked(problem).groups, SizeIs(1));
  problem.pmu_counters["imc"] = 1;
  const Plan plan = MakePlan(problem);
  ASSERT_THAT(plan.unplannable, SizeIs(1));
  EXPECT_THAT(plan.unplannable[0].reason, HasSubstr("imc"));
  EXPECT_THAT(plan.unplannable[0].events, ElementsAre("reads", "writes"));
}

TEST(Plan, CountingIsNotAlwaysEnough) {
  // A hub with 7 partners on 4 counters: 8 events, but three groups, since the hub is in each.
  PlanProblem problem = Counters(4);
  for (int i = 0; i < 7; ++i) {
    const std::string event = "e" + std::to_string(i);
    problem.metrics.push_back({event, {"hub", event}, 1});
  }
  const Plan plan = Checked(problem);
  EXPECT_THAT(plan.groups, SizeIs(3));
  EXPECT_EQ(plan.proof, PlanProof::kCoveringBound);
  // The prices are a proof that anyone can check: none of the groups holds more than 1 of them.
  double sum = 0;
  double most = 0;
  for (const auto& [metric, price] : plan.prices) {
    sum += price;
    most = std::max(most, price);
  }
  EXPECT_GT(sum, 2);
  EXPECT_LE(3 * most, 1 + 1e-9);
  // Three groups of three partners have room for nine: two of the seven are measured twice.
  EXPECT_NEAR(plan.mean.union_, 9. / 7 / 3, 1e-12);
  EXPECT_TRUE(plan.mean_proven);
}

TEST(Plan, SpareCountersGoToTheHeavierMetric) {
  PlanProblem problem = Counters(2);
  for (const char* event : {"a", "b", "c"}) problem.metrics.push_back({event, {event}, 1});
  for (std::size_t heavy = 0; heavy < 3; ++heavy) {
    for (PlanMetric& metric : problem.metrics) metric.weight = 1;
    problem.metrics[heavy].weight = 2;
    const Plan plan = Checked(problem);
    ASSERT_THAT(plan.groups, SizeIs(2));
    EXPECT_EQ(plan.metrics[heavy].ratio_union, 1);
  }
}

TEST(Plan, WeightsGiveMoreTurns) {
  PlanProblem problem = Counters(1);
  problem.metrics = {{"a", {"a"}, 3}, {"b", {"b"}, 1}, {"c", {"c"}, 1}};
  const Plan plan = Checked(problem);
  ASSERT_THAT(plan.groups, SizeIs(3));
  EXPECT_EQ(plan.groups[0].turns, 3);
  EXPECT_NEAR(plan.metrics[0].ratio_union, 0.6, 1e-12);
  EXPECT_NEAR(plan.metrics[1].ratio_union, 0.2, 1e-12);
}

TEST(Plan, SlicesCanRaiseTheLowestRatio) {
  // Five partners of a hub on 3 counters: 3 groups, one partner twice. Its two groups can be
  // shorter: 2/5 for the group without it would not do, but equal thirds are not the best either.
  PlanProblem problem = Counters(2);
  problem.metrics = {{"a", {"a"}, 1}, {"b", {"b"}, 1}, {"c", {"c"}, 1}};
  problem.metrics.push_back({"ab", {"a", "b"}, 1});
  PlanOptions options;
  options.slices = SliceRule::kLowestRatio;
  const Plan equal = Checked(problem);
  const Plan sliced = Checked(problem, options);
  EXPECT_GE(sliced.mean.lowest_union, equal.mean.lowest_union - 1e-12);
  problem.metrics[2].weight = 3;  // c alone is worth three turns of what the others get
  const Plan weighted = Checked(problem, options);
  double lowest = 1;
  for (std::size_t m = 0; m < problem.metrics.size(); ++m) {
    lowest = std::min(lowest, weighted.metrics[m].ratio_union / problem.metrics[m].weight);
  }
  EXPECT_NEAR(lowest, 0.25, 1e-9);  // {ab} 1/4 of the time, {c ...} 3/4
}

TEST(Plan, StaysWithinItsEffortAndSaysSo) {
  PlanProblem problem = Counters(6);
  for (int i = 0; i < 60; ++i) {
    const auto event = [&](int k) { return "e" + std::to_string((i * k + k * k) % 53); };
    problem.metrics.push_back({"m" + std::to_string(i), {event(1), event(7), event(11)}, 1});
  }
  PlanOptions options;
  options.proof_effort = 0;
  options.improve_effort = 0;
  const Plan quick = MakePlan(problem, options);
  EXPECT_EQ(CheckPlan(problem, quick), "");
  EXPECT_EQ(quick.proven, quick.proof != PlanProof::kNone);
  EXPECT_LE(quick.lower_bound, static_cast<int>(quick.groups.size()));
  const Plan full = Checked(problem);
  EXPECT_LE(full.groups.size(), quick.groups.size());
  EXPECT_GE(full.lower_bound, quick.lower_bound);
}

TEST(Plan, IsDeterministicWhateverTheOrderOfMetrics) {
  PlanProblem problem = Counters(5);
  for (int i = 0; i < 30; ++i) {
    const auto event = [&](int k) { return "e" + std::to_string((i * k + k) % 29); };
    problem.metrics.push_back({"m" + std::to_string(i), {event(1), event(5)}, 1});
  }
  const Plan first = MakePlan(problem);
  const Plan second = MakePlan(problem);
  std::reverse(problem.metrics.begin(), problem.metrics.end());
  const Plan reversed = MakePlan(problem);
  ASSERT_EQ(first.groups.size(), second.groups.size());
  for (std::size_t g = 0; g < first.groups.size(); ++g) {
    EXPECT_EQ(first.groups[g].events, second.groups[g].events);
  }
  EXPECT_EQ(first.groups.size(), reversed.groups.size());
  EXPECT_DOUBLE_EQ(first.mean.union_, reversed.mean.union_);
}

TEST(Plan, PlansMoreEventsThanOneBatchHolds) {
  PlanProblem problem = Counters(6);
  for (int i = 0; i < 600; ++i) {
    problem.metrics.push_back({"m" + std::to_string(i), {"e" + std::to_string(i)}, 1});
  }
  PlanOptions options;
  options.improve_effort = 0;
  const Plan plan = MakePlan(problem, options);
  EXPECT_EQ(CheckPlan(problem, plan), "");
  EXPECT_GE(plan.groups.size(), 100u);
  EXPECT_LE(plan.groups.size(), 103u);
  EXPECT_EQ(plan.lower_bound, 100);
}

}  // namespace
}  // namespace pmubench
