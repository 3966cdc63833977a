// Random problems against an independent exact solver: every group that the hardware can take is
// a column, and coinor-cbc picks the fewest, then the most valuable.
#include "planner/random.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "planner/plan.h"
#include "planner/plan_checks.h"

namespace pmubench {
namespace {

using planner::Random;

bool HaveCbc() { return std::system("command -v cbc >/dev/null 2>&1") == 0; }

// Constraint kinds by bit, so that each is met alone and with others.
enum Kind { kDedicated = 1, kCounters = 2, kPairs = 4, kAlone = 8, kFilter = 16, kPmu = 32 };

std::string Event(int e) { return "e" + std::to_string(e); }

PlanProblem RandomProblem(std::uint64_t seed, int kinds, int events, int metrics, int counters) {
  Random random(seed);
  PlanProblem problem;
  problem.general_counters = counters;
  for (int e = 0; e < events; ++e) {
    EventConstraint constraint;
    if ((kinds & kCounters) != 0 && random.Below(3) == 0) {
      for (int c = 0; c < counters; ++c) {
        if (random.Below(2) == 0) constraint.counters.push_back(c);
      }
    }
    if ((kinds & kPairs) != 0 && random.Below(4) == 0) constraint.slots = 2;
    if ((kinds & kAlone) != 0 && random.Below(8) == 0) constraint.alone = true;
    if ((kinds & kFilter) != 0 && random.Below(3) == 0) {
      constraint.filter_register = "f" + std::to_string(random.Below(2));
      constraint.filter_value = std::to_string(random.Below(2));
    }
    if ((kinds & kPmu) != 0 && random.Below(3) == 0) constraint.pmu = "other";
    problem.constraints[Event(e)] = constraint;
    if ((kinds & kDedicated) != 0 && random.Below(4) == 0) {
      problem.dedicated[Event(e)] = "own" + std::to_string(random.Below(3));
    }
  }
  if ((kinds & kPmu) != 0) problem.pmu_counters["other"] = 2;
  for (int m = 0; m < metrics; ++m) {
    std::set<std::string> set;
    const int size = 1 + random.Below(3);
    while (static_cast<int>(set.size()) < size) set.insert(Event(random.Below(events)));
    problem.metrics.push_back({"m" + std::to_string(m), {set.begin(), set.end()}, 1});
  }
  return problem;
}

// By metric: one bit; groups are unions of metrics that can be counted together.
struct Columns {
  std::vector<PlanMetric> metrics;  ///< those that fit some group
  std::vector<std::vector<int>> whole;
};

Columns AllGroups(const PlanProblem& problem) {
  Columns columns;
  for (const PlanMetric& metric : problem.metrics) {
    if (CanBeCounted(problem, metric.events)) columns.metrics.push_back(metric);
  }
  std::set<std::set<std::string>> seen;
  std::vector<std::set<std::string>> open{{}};
  while (!open.empty()) {
    const std::set<std::string> group = std::move(open.back());
    open.pop_back();
    std::vector<int> whole;
    for (std::size_t m = 0; m < columns.metrics.size(); ++m) {
      const PlanMetric& metric = columns.metrics[m];
      std::set<std::string> more = group;
      more.insert(metric.events.begin(), metric.events.end());
      if (more.size() == group.size()) {
        whole.push_back(static_cast<int>(m));
      } else if (seen.count(more) == 0 && CanBeCounted(problem, {more.begin(), more.end()})) {
        seen.insert(more);
        open.push_back(std::move(more));
      }
    }
    if (!whole.empty()) columns.whole.push_back(std::move(whole));
  }
  return columns;
}

// Minimises over 0/1 columns: cover every metric; with `groups` >= 0 use that many columns.
double Cbc(const Columns& columns, int groups) {
  const std::string base =
      fmt::format("{}/pmubench_cbc_{}", ::testing::TempDir(), static_cast<int>(getpid()));
  std::ofstream model(base + ".lp");
  model << "Minimize\n obj:";
  for (std::size_t c = 0; c < columns.whole.size(); ++c) {
    model << fmt::format(" {} x{}\n",
                         groups < 0 ? "+ 1" : fmt::format("- {}", columns.whole[c].size()), c);
  }
  model << "Subject To\n";
  for (std::size_t m = 0; m < columns.metrics.size(); ++m) {
    model << fmt::format(" m{}:", m);
    for (std::size_t c = 0; c < columns.whole.size(); ++c) {
      const auto& whole = columns.whole[c];
      if (std::find(whole.begin(), whole.end(), static_cast<int>(m)) != whole.end()) {
        model << fmt::format(" + x{}\n", c);
      }
    }
    model << " >= 1\n";
  }
  if (groups >= 0) {
    model << " count:";
    for (std::size_t c = 0; c < columns.whole.size(); ++c) model << fmt::format(" + x{}\n", c);
    model << fmt::format(" = {}\n", groups);
  }
  // The same group twice is of use once every metric is covered: columns are integers, not bits.
  model << "General\n";
  for (std::size_t c = 0; c < columns.whole.size(); ++c) model << fmt::format(" x{}\n", c);
  model << "End\n";
  model.close();
  const std::string command =
      fmt::format("cbc {0}.lp sec 60 solve solution {0}.txt >/dev/null 2>&1", base);
  const int status = std::system(command.c_str());
  std::ifstream solution(base + ".txt");
  std::string line;
  std::getline(solution, line);
  std::filesystem::remove(base + ".lp");
  std::filesystem::remove(base + ".txt");
  EXPECT_EQ(status, 0);
  EXPECT_EQ(line.rfind("Optimal", 0), 0u) << line;
  const auto at = line.rfind(' ');
  return at == std::string::npos ? -1 : std::atof(line.c_str() + at);
}

class RandomProblems : public ::testing::TestWithParam<int> {};

TEST_P(RandomProblems, AgreeWithAnExactSolver) {
  if (!HaveCbc()) GTEST_SKIP() << "no cbc (Debian: coinor-cbc) to compare with";
  const int kinds = GetParam();
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(fmt::format("kinds {} seed {}", kinds, seed));
    const int counters = 2 + static_cast<int>(seed % 4);
    const PlanProblem problem = RandomProblem(100 * seed + kinds, kinds, 12, 11, counters);
    const Plan plan = MakePlan(problem);
    ASSERT_EQ(CheckPlan(problem, plan), "");
    const Columns columns = AllGroups(problem);
    ASSERT_EQ(columns.metrics.size(), plan.metrics.size());
    if (columns.metrics.empty()) continue;
    EXPECT_TRUE(plan.proven);
    ASSERT_EQ(static_cast<double>(plan.groups.size()), Cbc(columns, -1));
    const double best = -Cbc(columns, static_cast<int>(plan.groups.size()));
    double held = 0;
    for (const PlannedMetric& metric : plan.metrics)
      held += static_cast<double>(metric.groups.size());
    EXPECT_EQ(held, best);
    const double bound = plan.mean_union_bound - plan.mean.union_;
    EXPECT_GE(bound, -1e-9);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, RandomProblems,
                         ::testing::Values(0, kDedicated, kCounters, kPairs, kAlone, kFilter, kPmu,
                                           kCounters | kPairs, kDedicated | kAlone | kFilter,
                                           kDedicated | kCounters | kPairs | kAlone | kFilter |
                                               kPmu));

// Larger than an oracle can enumerate: checked for validity, proof and determinism.
TEST(LargeProblems, ArePlannedWithProof) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Random random(seed);
    PlanProblem problem;
    problem.general_counters = 6;
    for (int m = 0; m < 70; ++m) {
      std::set<std::string> events;
      const int size = 2 + random.Below(3);
      while (static_cast<int>(events.size()) < size) events.insert(Event(random.Below(65)));
      problem.metrics.push_back({"m" + std::to_string(m), {events.begin(), events.end()}, 1});
    }
    const Plan plan = MakePlan(problem);
    EXPECT_EQ(CheckPlan(problem, plan), "") << seed;
    EXPECT_TRUE(plan.proven) << seed << ": " << plan.groups.size() << " groups, at least "
                             << plan.lower_bound;
    if (seed == 1) {
      const Plan again = MakePlan(problem);
      ASSERT_EQ(again.groups.size(), plan.groups.size());
      for (std::size_t g = 0; g < plan.groups.size(); ++g) {
        EXPECT_EQ(again.groups[g].events, plan.groups[g].events);
      }
    }
  }
}

// Ratios to a few shared events, as of retired and of speculated instructions: the covering bound
// is exactly one group short here, and only how many groups hold a shared event tells.
TEST(LargeProblems, SharedEventsArePlannedWithProof) {
  PlanProblem problem;
  problem.general_counters = 6;
  const auto add = [&](std::vector<std::string> events) {
    problem.metrics.push_back({"m" + std::to_string(problem.metrics.size()), std::move(events), 1});
  };
  for (int i = 0; i < 14; ++i) add({"RETIRED", Event(i)});
  for (int i = 0; i < 7; ++i) add({Event(i), Event(20 + i)});
  for (int i = 0; i < 12; ++i) add({"SPECULATED", Event(40 + i)});
  add({Event(60)});
  add({Event(61)});
  const Plan plan = MakePlan(problem);
  EXPECT_EQ(CheckPlan(problem, plan), "");
  EXPECT_EQ(plan.proof, PlanProof::kSearch);
  EXPECT_TRUE(plan.proven) << plan.groups.size() << " groups, at least " << plan.lower_bound;
  // Seven have room for all 37 events, but not for the copies that the pairs then need.
  EXPECT_EQ(plan.groups.size(), 8u);
}

}  // namespace
}  // namespace pmubench
