#include "catalogue/problem_for.h"

#include <algorithm>

namespace pmubench {

std::vector<std::string> WithLeaders(const Catalogue& catalogue,
                                     const std::vector<std::string>& events) {
  std::vector<std::string> all = events;
  for (const std::string& name : events) {
    const CatalogueEvent* event = catalogue.FindEvent(name);
    if (event == nullptr || event->leader.empty()) continue;
    if (std::find(all.begin(), all.end(), event->leader) == all.end()) {
      all.insert(all.begin(), event->leader);
    }
  }
  return all;
}

PlanProblem ProblemFor(const Catalogue& catalogue,
                       const std::vector<const CatalogueMetric*>& metrics, int general_counters) {
  PlanProblem problem;
  problem.general_counters = general_counters;
  for (const CatalogueMetric* metric : metrics) {
    if (metric->events.empty()) continue;
    PlanMetric& planned = problem.metrics.emplace_back();
    planned.name = metric->name;
    planned.events = WithLeaders(catalogue, metric->events);
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
