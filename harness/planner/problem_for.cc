#include "planner/problem_for.h"

namespace pmubench {

PlanProblem ProblemFor(const Catalogue& catalogue,
                       const std::vector<const CatalogueMetric*>& metrics, int general_counters) {
  PlanProblem problem;
  problem.general_counters = general_counters;
  for (const CatalogueMetric* metric : metrics) {
    if (metric->events.empty()) continue;
    PlanMetric& planned = problem.metrics.emplace_back();
    planned.name = metric->name;
    planned.events = catalogue.WithLeaders(metric->events);
    for (const std::string& name : planned.events) {
      const CatalogueEvent* event = catalogue.FindEvent(name);
      if (event == nullptr) continue;
      if (!event->dedicated.empty()) problem.dedicated.emplace(name, event->dedicated);
      problem.constraints.emplace(name, event->constraint);
    }
  }
  return problem;
}

}  // namespace pmubench
