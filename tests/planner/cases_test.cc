// Real problems with known optima. The recordings stay outside the project.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "planner/case_file.h"
#include "planner/groupings.h"
#include "planner/plan.h"
#include "planner/plan_checks.h"

namespace pmubench {
namespace {

constexpr char kCases[] = PMUBENCH_SOURCE_DIR "/../shared/data/packing/cases.json";

TEST(Cases, ReachTheKnownOptima) {
  std::ifstream file(kCases);
  if (!file) GTEST_SKIP() << "no recorded planning problems at " << kCases;
  std::stringstream text;
  text << file.rdbuf();
  const Result<std::vector<PlanCase>> cases = ParsePlanCases(text.str());
  ASSERT_TRUE(cases) << cases.error().ToString();
  ASSERT_EQ(cases->size(), 17u);
  const auto expected = nlohmann::json::parse(text.str())["cases"];
  for (std::size_t c = 0; c < cases->size(); ++c) {
    const PlanCase& problem = (*cases)[c];
    SCOPED_TRACE(problem.id);
    const Plan plan = MakePlan(problem.problem);
    EXPECT_EQ(CheckPlan(problem.problem, plan), "");
    const auto& optimum = expected[c]["expected"];
    EXPECT_EQ(plan.groups.size(), optimum["optimum"].get<std::size_t>());
    EXPECT_TRUE(plan.proven);
    EXPECT_NE(plan.proof, PlanProof::kNone);
    EXPECT_EQ(plan.lower_bound, static_cast<int>(plan.groups.size()));
    EXPECT_GE(plan.mean.union_, optimum["mean_ratio"]["best"].get<double>() - 1e-9);
    EXPECT_TRUE(plan.unplannable.empty());
    EXPECT_LE(plan.mean.union_, plan.mean_union_bound + 1e-9);
    EXPECT_EQ(GroupFirstFit(problem.problem).size(), optimum["ffd"].get<std::size_t>());
    EXPECT_EQ(GroupGreedyMerge(problem.problem).size(), optimum["hperf_greedy"].get<std::size_t>());
  }
}

}  // namespace
}  // namespace pmubench
