// From chosen metrics to what the planner is asked.
#pragma once

#include <vector>

#include "catalogue/catalogue.h"
#include "planner/problem.h"

namespace pmubench {

/// The planning problem of `metrics` with `general_counters` free. Metrics without events (CPU
/// utilisation) need no group and are left out.
[[nodiscard]] PlanProblem ProblemFor(const Catalogue& catalogue,
                                     const std::vector<const CatalogueMetric*>& metrics,
                                     int general_counters);

}  // namespace pmubench
