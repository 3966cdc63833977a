// The kernel's rotation, against what its code and measurements of it say.
#include "planner/rotation.h"

#include <gmock/gmock.h>

namespace pmubench {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Pointwise;

// 3 events with a counter of their own, 5 without, 4 general counters.
PlanProblem Example(int general = 4, int dedicated = 3) {
  PlanProblem problem;
  problem.general_counters = general;
  for (int d = 1; d <= dedicated; ++d) {
    problem.dedicated["d" + std::to_string(d)] = "own" + std::to_string(d);
  }
  return problem;
}

std::vector<KernelGroup> Singles(const std::vector<std::string>& events) {
  std::vector<KernelGroup> groups;
  for (const std::string& event : events) groups.push_back({{event}});
  return groups;
}

TEST(Rotation, StopsAtTheFirstEventThatDoesNotFit) {
  const RotationForecast forecast =
      ForecastRotation(Example(), Singles({"d1", "d2", "d3", "e4", "e5", "e6", "e7", "e8"}));
  EXPECT_THAT(forecast.in_use, ElementsAre(7, 6, 5, 4, 7, 7, 7, 7));
  EXPECT_DOUBLE_EQ(forecast.mean_in_use, 6.25);
  EXPECT_THAT(forecast.group_ratio,
              Pointwise(DoubleEq(), {0.625, 0.75, 0.875, 0.875, 0.875, 0.875, 0.875, 0.5}));
}

TEST(Rotation, IsFairWithDedicatedEventsPinned) {
  std::vector<KernelGroup> groups = Singles({"e4", "e5", "e6", "e7", "e8"});
  for (const char* event : {"d1", "d2", "d3"}) groups.push_back({{event}, true});
  const RotationForecast forecast = ForecastRotation(Example(), groups);
  EXPECT_THAT(forecast.group_ratio, Pointwise(DoubleEq(), {0.8, 0.8, 0.8, 0.8, 0.8, 1., 1., 1.}));
  EXPECT_THAT(forecast.in_use, Each(7));
}

TEST(Rotation, GetsWorseWithMoreGeneralEvents) {
  const auto mean_in_use = [](int general_events) {
    std::vector<std::string> events{"d1", "d2", "d3"};
    for (int e = 0; e < general_events; ++e) events.push_back("e" + std::to_string(e));
    return ForecastRotation(Example(), Singles(events)).mean_in_use;
  };
  EXPECT_DOUBLE_EQ(mean_in_use(4), 7);
  EXPECT_DOUBLE_EQ(mean_in_use(6), 6);
  EXPECT_NEAR(mean_in_use(8), 5.64, 0.005);
  EXPECT_DOUBLE_EQ(mean_in_use(12), 5.2);
}

TEST(Rotation, NoOrderOfTheExampleIsFair) {
  for (int a = 0; a < 8; ++a) {
    for (int b = a + 1; b < 8; ++b) {
      for (int c = b + 1; c < 8; ++c) {
        std::vector<std::string> events;
        int dedicated = 0;
        for (int i = 0; i < 8; ++i) {
          const bool own = i == a || i == b || i == c;
          events.push_back(own ? "d" + std::to_string(++dedicated) : "e" + std::to_string(i));
        }
        const RotationForecast forecast = ForecastRotation(Example(), Singles(events));
        EXPECT_THAT(forecast.mean_in_use,
                    ::testing::AnyOf(DoubleEq(6.25), DoubleEq(6.5), DoubleEq(6.625)));
      }
    }
  }
}

TEST(Rotation, AGroupGoesOnWholeOrNotAtAll) {
  const RotationForecast forecast =
      ForecastRotation(Example(4, 0), {{{"a", "b", "c"}}, {{"d", "e"}}, {{"f"}}});
  // {abc} blocks {de}, which blocks {f}; then {de}{f} run, blocked by nothing; then {f}{abc}.
  ASSERT_EQ(forecast.on.size(), 3u);
  EXPECT_THAT(forecast.in_use, ElementsAre(3, 3, 4));
  EXPECT_THAT(forecast.group_ratio, Pointwise(DoubleNear(1e-12), {2. / 3, 1. / 3, 2. / 3}));
}

TEST(Rotation, ACopyOfADedicatedEventTakesAGeneralCounter) {
  PlanProblem problem = Example(2, 1);
  // Both groups hold d1: beside each other they need 1 + (1 + 2) counters, and there are 1 + 2.
  const RotationForecast crowded = ForecastRotation(problem, {{{"d1", "a"}}, {{"d1", "b"}}});
  EXPECT_THAT(crowded.group_ratio, Pointwise(DoubleEq(), {0.5, 0.5}));
  problem.general_counters = 3;
  const RotationForecast roomy = ForecastRotation(problem, {{{"d1", "a"}}, {{"d1", "b"}}});
  EXPECT_THAT(roomy.group_ratio, Each(1));
  problem.constraints["d1"].dedicated_only = true;
  const RotationForecast only = ForecastRotation(problem, {{{"d1", "a"}}, {{"d1", "b"}}});
  EXPECT_THAT(only.group_ratio, Each(0.5));
}

TEST(Rotation, AGroupThatNeverFitsIsRefusedAndBlocksNobody) {
  const RotationForecast forecast =
      ForecastRotation(Example(2, 0), {{{"a", "b", "c"}}, {{"d", "e"}}});
  EXPECT_THAT(forecast.group_ratio, ElementsAre(0, 1));
}

TEST(Rotation, APinnedGroupThatDoesNotFitIsInError) {
  const RotationForecast forecast =
      ForecastRotation(Example(3, 0), {{{"a", "b"}, true}, {{"c", "d"}, true}, {{"e"}}, {{"f"}}});
  EXPECT_THAT(forecast.group_ratio, Pointwise(DoubleEq(), {1., 0., 0.5, 0.5}));
}

TEST(Rotation, OtherPmusHaveListsOfTheirOwn) {
  PlanProblem problem = Example(1, 0);
  problem.constraints["page_faults"].pmu = "software";
  problem.constraints["reads"].pmu = "imc";
  problem.constraints["writes"].pmu = "imc";
  problem.pmu_counters["imc"] = 1;
  const RotationForecast forecast =
      ForecastRotation(problem, Singles({"a", "b", "c", "page_faults", "reads", "writes"}));
  EXPECT_THAT(forecast.group_ratio,
              Pointwise(DoubleNear(1e-12), {1. / 3, 1. / 3, 1. / 3, 1., 0.5, 0.5}));
}

TEST(Rotation, PredictsMetrics) {
  PlanProblem problem = Example(2, 1);
  problem.metrics = {{"ab", {"a", "b"}, 1}, {"ac", {"a", "c"}, 1}, {"d", {"d1"}, 1}};
  // Alone: a b | b c | c a, d1 pinned.
  std::vector<KernelGroup> groups = Singles({"a", "b", "c"});
  groups.push_back({{"d1"}, true});
  const auto metrics = ForecastMetrics(problem, groups, ForecastRotation(problem, groups));
  EXPECT_NEAR(metrics[0].together, 1. / 3, 1e-12);
  EXPECT_NEAR(metrics[1].together, 1. / 3, 1e-12);
  EXPECT_NEAR(metrics[0].lowest_event, 2. / 3, 1e-12);
  EXPECT_EQ(metrics[0].union_, 0);
  EXPECT_NEAR(metrics[2].single, 1, 1e-12);
  EXPECT_FALSE(metrics[2].counted);
  // In groups: {a b} and {a c}, in turns.
  const std::vector<KernelGroup> whole{{{"a", "b"}}, {{"a", "c"}}};
  const auto grouped = ForecastMetrics(problem, whole, ForecastRotation(problem, whole));
  EXPECT_DOUBLE_EQ(grouped[0].single, 0.5);
  EXPECT_DOUBLE_EQ(grouped[0].union_, 0.5);
}

TEST(Rotation, FullGroupsAreRotatedFairly) {
  const PlanProblem problem = Example(4, 1);
  const std::vector<PlanGroup> groups{
      {{"d1", "a", "b", "c", "d"}}, {{"d1", "e", "f", "g", "h"}}, {{"d1", "i", "j", "k", "l"}}};
  const auto kernel = KernelGroups(problem, groups, true);
  ASSERT_EQ(kernel.size(), 4u);
  EXPECT_TRUE(kernel.back().pinned);
  EXPECT_THAT(ForecastRotation(problem, kernel).group_ratio,
              Pointwise(DoubleNear(1e-12), {1. / 3, 1. / 3, 1. / 3, 1.}));
}

}  // namespace
}  // namespace pmubench
