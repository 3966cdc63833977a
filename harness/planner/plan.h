// From a problem to groups.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "planner/problem.h"

namespace pmubench {

/// Events that are counted at the same time. Dedicated events are listed too.
struct PlanGroup {
  std::vector<std::string> events;
  int turns = 1;     ///< turns in one round of all groups; more than 1 for metrics of higher weight
  double slice = 0;  ///< share of the time: turns / all turns, or the time-weighted share
};

/// Where a metric is measured, and for which share of the time. Which rule a figure uses is always
/// said: "single" reads a metric from one group, "union" from every group that holds its events.
struct PlannedMetric {
  std::string name;
  std::vector<int> groups;  ///< indices of the groups that hold all its events
  double ratio_single = 0;  ///< slice of the best of these groups; equal turns: 1 / groups
  double ratio_union = 0;   ///< sum of the slices of the groups that hold all its events
  bool counted = true;      ///< has an event that is not dedicated: it is part of the means
};

/// A metric that no group can hold, and why.
struct UnplannableMetric {
  std::string name;
  std::vector<std::string> events;  ///< those that do not fit together
  int counters_short = 0;           ///< how many more counters it would take; 0: a conflict
  std::string reason;
};

/// Why no plan can have fewer groups.
enum class PlanProof {
  kNone,           ///< not proven: the groups are the best that were found
  kCounting,       ///< the events need so many groups by their number alone
  kCoveringBound,  ///< prices on metrics of which no group can hold more than one in total
  kSearch,         ///< every way to use one group less was excluded
};

/// "", "counting", "covering bound", "search".
[[nodiscard]] const char* PlanProofName(PlanProof proof);

/// Means over the metrics that have an event that is not dedicated (1 where there is none).
struct MeanRatio {
  double single = 0;
  double union_ = 0;
  double lowest_single = 0;
  double lowest_union = 0;
};

struct Plan {
  std::vector<PlanGroup> groups;
  std::vector<PlannedMetric> metrics;
  std::vector<UnplannableMetric> unplannable;
  int lower_bound = 0;  ///< no plan has fewer groups
  bool proven = false;  ///< the number of groups equals the lower bound
  PlanProof proof = PlanProof::kNone;
  /// Optimum of the covering program where it was needed, else 0. lower_bound is its ceiling
  /// where that is what proves.
  double covering_bound = 0;
  /// With kCoveringBound: a price for one metric of each event set. No group that fits holds more
  /// than 1 of them, and their sum is above lower_bound - 1: anyone can check it.
  std::vector<std::pair<std::string, double>> prices;
  MeanRatio mean;
  /// No plan with as many groups and equal turns has a higher (weighted) mean union ratio.
  double mean_union_bound = 0;
  bool mean_proven = false;  ///< the mean union ratio equals its bound
};

/// How the time is shared between groups.
enum class SliceRule {
  kEqualTurns,   ///< every turn is as long; metrics of weight w > 1 get at least w turns a round
  kLowestRatio,  ///< slices that make the lowest of the union ratios / weights as high as it gets
};

struct PlanOptions {
  SliceRule slices = SliceRule::kEqualTurns;
  /// Limits of the searches, in steps of about a microsecond. They count work, not time, so that
  /// a plan is the same on every machine and under any load.
  std::int64_t proof_effort = 3'000'000;  ///< for the least number of groups
  std::int64_t improve_effort = 400'000;  ///< for the highest mean ratio
};

/// Plans groups for a problem: first as few as possible, then with the highest mean union ratio.
/// Pure and deterministic; thread-safe. Never fails: what cannot be planned is in `unplannable`.
[[nodiscard]] Plan MakePlan(const PlanProblem& problem, const PlanOptions& options = {});

/// Fills `metrics` and `mean` of groups made in any way from the groups' slices. Dedicated events
/// count as part of every group. A metric in no group has ratio 0.
void RatePlan(const PlanProblem& problem, Plan* plan);

/// Sets turns and slices of the groups by a rule, for metrics of the weights in `problem`.
void SharePlan(const PlanProblem& problem, SliceRule rule, Plan* plan);

}  // namespace pmubench
