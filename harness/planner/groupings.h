// Other ways to group the same metrics, for comparison. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "planner/plan.h"
#include "planner/problem.h"
#include "planner/rotation.h"

namespace pmubench {

/// Whether the events can be counted at the same time on the problem's counters.
[[nodiscard]] bool EventsFit(const PlanProblem& problem, const std::vector<std::string>& events);

/// One group for each metric that fits; metrics with the same events included.
[[nodiscard]] std::vector<PlanGroup> GroupEachMetric(const PlanProblem& problem);

/// First-fit decreasing: distinct event sets, larger ones first, each to the first group it fits.
[[nodiscard]] std::vector<PlanGroup> GroupFirstFit(const PlanProblem& problem);

/// Adaptive grouping as published: the smallest group merges with the one that grows the least,
/// until such a pair first does not fit.
[[nodiscard]] std::vector<PlanGroup> GroupGreedyMerge(const PlanProblem& problem);

/// Every event alone, in the order in which metrics name them: what `perf stat -e a,b,c` does.
[[nodiscard]] std::vector<PlanGroup> GroupEachEvent(const PlanProblem& problem);

/// One way of grouping, and what it gives.
struct ComparedGrouping {
  std::string name;
  std::vector<PlanGroup> groups;
  int refused = 0;                      ///< further groups, that the counters cannot take
  std::vector<PlannedMetric> metrics;   ///< with equal turns of one group each
  MeanRatio turns;                      ///< the same, over metrics
  std::vector<MetricForecast> rotated;  ///< groups left to the kernel's rotation
  MeanRatio kernel;                     ///< the same, over metrics
  double kernel_together = 0;           ///< mean share in which all of a metric's events are on
};

/// Rates a grouping by equal turns and under the kernel's rotation.
[[nodiscard]] ComparedGrouping RateGrouping(const PlanProblem& problem, std::string name,
                                            std::vector<PlanGroup> groups);

/// The problem without the metrics that the plan could not take.
[[nodiscard]] PlanProblem Plannable(const PlanProblem& problem, const Plan& plan);

/// All of the above for the metrics that can be planned, ours (`plan`) last.
[[nodiscard]] std::vector<ComparedGrouping> CompareGroupings(const PlanProblem& problem,
                                                             const Plan& plan);

}  // namespace pmubench
