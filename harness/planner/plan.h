// From a problem to groups.
#pragma once

#include <string>
#include <vector>

#include "planner/problem.h"

namespace pmubench {

/// Events that are counted at the same time. Dedicated events are listed too.
struct PlanGroup {
  std::vector<std::string> events;
};

/// Where a metric is measured, and for which share of equal turns.
struct PlannedMetric {
  std::string name;
  std::vector<int> groups;   ///< indices of the groups that hold all its events
  double ratio_single = 0;   ///< 1 / groups: read from one group
  double ratio_union = 0;    ///< share of groups that hold all its events
};

/// A metric that no group can hold, and why.
struct UnplannableMetric {
  std::string name;
  std::vector<std::string> events;  ///< those that do not fit together
  int counters_short = 0;           ///< how many more counters it would take; 0: a conflict
  std::string reason;
};

struct Plan {
  std::vector<PlanGroup> groups;
  std::vector<PlannedMetric> metrics;
  std::vector<UnplannableMetric> unplannable;
  int lower_bound = 0;  ///< no plan has fewer groups
  bool proven = false;  ///< the number of groups equals the lower bound
};

/// Plans groups for a problem. Pure and deterministic; thread-safe. Never fails: what cannot be
/// planned is in `unplannable`.
[[nodiscard]] Plan MakePlan(const PlanProblem& problem);

}  // namespace pmubench
