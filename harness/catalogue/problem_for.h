// From chosen metrics to what the planner is asked.
#pragma once

#include <vector>

#include "catalogue/catalogue.h"
#include "planner/problem.h"

namespace pmubench {

/// `events` with those before them that must lead a group with one of them (Intel's PERF_METRICS
/// counts only in a group that slots lead).
[[nodiscard]] std::vector<std::string> WithLeaders(const Catalogue& catalogue,
                                                   const std::vector<std::string>& events);

/// The planning problem of `metrics` with `general_counters` free. Metrics without events (CPU
/// utilisation) need no group and are left out.
[[nodiscard]] PlanProblem ProblemFor(const Catalogue& catalogue,
                                     const std::vector<const CatalogueMetric*>& metrics,
                                     int general_counters);

}  // namespace pmubench
