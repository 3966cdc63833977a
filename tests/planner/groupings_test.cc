// Other tools' ways to group.
#include "planner/groupings.h"

#include <gmock/gmock.h>

#include "planner/plan_checks.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

PlanProblem Problem() {
  PlanProblem problem;
  problem.general_counters = 3;
  problem.dedicated["cycles"] = "own";
  problem.metrics = {{"m0", {"cycles", "a"}, 1}, {"m1", {"a", "b"}, 1}, {"m2", {"c", "d", "e"}, 1},
                     {"m3", {"b", "f"}, 1},      {"m4", {"g", "h"}, 1}, {"m5", {"a", "b"}, 1}};
  return problem;
}

std::vector<std::vector<std::string>> Events(const std::vector<PlanGroup>& groups) {
  std::vector<std::vector<std::string>> events;
  for (const PlanGroup& group : groups) events.push_back(group.events);
  return events;
}

TEST(Groupings, OneGroupAMetric) {
  const auto groups = GroupEachMetric(Problem());
  EXPECT_THAT(Events(groups), ElementsAre(ElementsAre("a", "cycles"), ElementsAre("a", "b"),
                                          ElementsAre("c", "d", "e"), ElementsAre("b", "f"),
                                          ElementsAre("g", "h"), ElementsAre("a", "b")));
}

TEST(Groupings, FirstFitDecreasing) {
  EXPECT_THAT(Events(GroupFirstFit(Problem())),
              ElementsAre(ElementsAre("cycles", "c", "d", "e"),
                          ElementsAre("cycles", "a", "b", "f"), ElementsAre("cycles", "g", "h")));
}

TEST(Groupings, GreedyMergingStopsAtTheFirstFailure) {
  // {ab}+{bf} merge; the smallest is then {gh}, which grows least with {abf}: 5 events, the end.
  EXPECT_THAT(Events(GroupGreedyMerge(Problem())),
              ElementsAre(ElementsAre("cycles", "a", "b", "f"),
                          ElementsAre("cycles", "c", "d", "e"), ElementsAre("cycles", "g", "h")));
  // Its first failure is with two large groups although a later pair would still fit.
  PlanProblem problem;
  problem.general_counters = 4;
  problem.metrics = {
      {"x", {"a", "b", "c"}, 1}, {"y", {"d", "e", "f"}, 1}, {"z", {"a", "b", "g", "h"}, 1}};
  problem.metrics.push_back({"w", {"c", "d", "e", "f"}, 1});
  EXPECT_THAT(GroupGreedyMerge(problem), SizeIs(3));
}

TEST(Groupings, EveryEventAlone) {
  EXPECT_THAT(GroupEachEvent(Problem()), SizeIs(9));
  const ComparedGrouping alone = RateGrouping(Problem(), "alone", GroupEachEvent(Problem()));
  EXPECT_EQ(alone.metrics[1].ratio_union, 0);
  EXPECT_GT(alone.kernel_together, 0);
}

TEST(Groupings, ComparisonLeavesOutWhatCannotBePlanned) {
  PlanProblem problem = Problem();
  problem.metrics.push_back({"wide", {"a", "b", "c", "d"}, 1});
  const Plan plan = MakePlan(problem);
  ASSERT_THAT(plan.unplannable, SizeIs(1));
  const auto compared = CompareGroupings(problem, plan);
  ASSERT_THAT(compared, SizeIs(5));
  for (const ComparedGrouping& grouping : compared) {
    EXPECT_THAT(grouping.metrics, SizeIs(6)) << grouping.name;
    for (const PlanGroup& group : grouping.groups) {
      EXPECT_TRUE(CanBeCounted(problem, group.events)) << grouping.name;
    }
    EXPECT_LE(grouping.turns.union_, compared.back().turns.union_ + 1e-12) << grouping.name;
  }
}

TEST(Groupings, TellsWhatFits) {
  PlanProblem problem = Problem();
  EXPECT_TRUE(EventsFit(problem, {"a", "b", "c", "cycles"}));
  EXPECT_FALSE(EventsFit(problem, {"a", "b", "c", "d"}));
  problem.dedicated["cycles:u"] = "own";
  EXPECT_FALSE(EventsFit(problem, {"a", "b", "c", "cycles", "cycles:u"}));
  EXPECT_TRUE(EventsFit(problem, {"a", "b", "cycles", "cycles:u"}));
}

}  // namespace
}  // namespace pmubench
