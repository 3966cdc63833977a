// Which share of the time every metric is measured for, from the groups' slices.
#include <algorithm>
#include <cmath>
#include <set>

#include "planner/plan.h"
#include "planner/rules.h"
#include "planner/simplex.h"

namespace pmubench {
namespace {

constexpr double kMaxTurns = 100;  // of one metric in one round

// Index of the groups that hold a metric whole, free events aside.
std::vector<std::vector<int>> GroupsOfMetrics(const PlanProblem& problem, const Plan& plan) {
  std::vector<std::set<std::string>> held;
  for (const PlanGroup& group : plan.groups) {
    held.emplace_back(group.events.begin(), group.events.end());
  }
  std::set<std::string> free;
  for (const PlanMetric& metric : problem.metrics) {
    for (const std::string& event : metric.events) {
      if (free.count(event) == 0 && planner::Rules::IsFree(problem, event)) free.insert(event);
    }
  }
  std::vector<std::vector<int>> groups;
  for (const PlanMetric& metric : problem.metrics) {
    std::vector<int>& of_metric = groups.emplace_back();
    for (std::size_t g = 0; g < held.size(); ++g) {
      if (std::all_of(metric.events.begin(), metric.events.end(), [&](const std::string& event) {
            return free.count(event) > 0 || held[g].count(event) > 0;
          })) {
        of_metric.push_back(static_cast<int>(g));
      }
    }
  }
  return groups;
}

void EqualTurns(const PlanProblem& problem, const std::vector<std::vector<int>>& groups,
                Plan* plan) {
  for (PlanGroup& group : plan->groups) group.turns = 1;
  // Each further turn goes to the group that serves the most metrics still short of theirs.
  for (;;) {
    std::vector<int> wanted(plan->groups.size(), 0);
    for (std::size_t m = 0; m < groups.size(); ++m) {
      int turns = 0;
      for (const int g : groups[m]) turns += plan->groups[g].turns;
      const bool short_of_turns = turns < std::min(problem.metrics[m].weight, kMaxTurns);
      if (groups[m].size() == plan->groups.size() || !short_of_turns) continue;
      for (const int g : groups[m]) ++wanted[g];
    }
    const auto most = std::max_element(wanted.begin(), wanted.end());
    if (most == wanted.end() || *most == 0) break;
    ++plan->groups[most - wanted.begin()].turns;
  }
  double turns = 0;
  for (const PlanGroup& group : plan->groups) turns += group.turns;
  for (PlanGroup& group : plan->groups) group.slice = group.turns / turns;
}

// Least total time in which every metric gets its weight; the slices are shares of it.
void LowestRatio(const PlanProblem& problem, const std::vector<std::vector<int>>& groups,
                 Plan* plan) {
  std::vector<double> rhs;
  std::vector<planner::Simplex::Column> columns(plan->groups.size());
  for (std::size_t m = 0; m < groups.size(); ++m) {
    if (groups[m].empty() || problem.metrics[m].weight <= 0) continue;
    for (const int g : groups[m]) columns[g].emplace_back(static_cast<int>(rhs.size()), 1.0);
    rhs.push_back(problem.metrics[m].weight);
  }
  // A row's own column costs more than any group, so none is left in the optimum.
  planner::Simplex simplex(rhs, std::vector<double>(rhs.size(), 2.0));
  std::vector<int> number;
  for (auto& column : columns) number.push_back(simplex.AddColumn(std::move(column), 1));
  for (std::size_t row = 0; row < rhs.size(); ++row) {
    simplex.AddColumn({{static_cast<int>(row), -1.0}}, 0);
  }
  if (!simplex.Solve()) return;
  const std::vector<double> primal = simplex.Primal();
  double total = 0;
  for (const int n : number) total += primal[n];
  if (total <= 0) return;
  for (std::size_t g = 0; g < plan->groups.size(); ++g) {
    plan->groups[g].slice = primal[number[g]] / total;
  }
}

}  // namespace

void SharePlan(const PlanProblem& problem, SliceRule rule, Plan* plan) {
  const std::vector<std::vector<int>> groups = GroupsOfMetrics(problem, *plan);
  EqualTurns(problem, groups, plan);
  if (rule == SliceRule::kLowestRatio) {
    for (PlanGroup& group : plan->groups) group.turns = 1;
    LowestRatio(problem, groups, plan);
  }
}

void RatePlan(const PlanProblem& problem, Plan* plan) {
  const std::vector<std::vector<int>> groups = GroupsOfMetrics(problem, *plan);
  plan->metrics.clear();
  plan->mean = {0, 0, 1, 1};
  int counted = 0;
  for (std::size_t m = 0; m < groups.size(); ++m) {
    const PlanMetric& metric = problem.metrics[m];
    PlannedMetric planned;
    planned.name = metric.name;
    planned.groups = groups[m];
    for (const int g : groups[m]) {
      planned.ratio_single = std::max(planned.ratio_single, plan->groups[g].slice);
      planned.ratio_union += plan->groups[g].slice;
    }
    if (groups[m].size() == plan->groups.size() && !groups[m].empty()) planned.ratio_union = 1;
    if (metric.events.empty()) planned.ratio_single = planned.ratio_union = 1;
    planned.counted =
        std::any_of(metric.events.begin(), metric.events.end(),
                    [&](const std::string& e) { return problem.dedicated.count(e) == 0; });
    if (planned.counted) {
      ++counted;
      plan->mean.single += planned.ratio_single;
      plan->mean.union_ += planned.ratio_union;
      plan->mean.lowest_single = std::min(plan->mean.lowest_single, planned.ratio_single);
      plan->mean.lowest_union = std::min(plan->mean.lowest_union, planned.ratio_union);
    }
    plan->metrics.push_back(std::move(planned));
  }
  plan->mean.single = counted == 0 ? 1 : plan->mean.single / counted;
  plan->mean.union_ = counted == 0 ? 1 : plan->mean.union_ / counted;
}

}  // namespace pmubench
