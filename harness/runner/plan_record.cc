#include "runner/plan_record.h"

namespace pmubench {

void DescribePlan(const MeasurementPlan& plan, Record& record) {
  record.counts_kernel = plan.counts_kernel;
  record.plan.general_counters = plan.counters.free;
  record.plan.lower_bound = plan.plan.lower_bound;
  record.plan.proven = plan.plan.proven;
  for (const PlanGroup& group : plan.plan.groups) record.plan.groups.push_back(group.events);
  for (const CatalogueMetric& metric : plan.metrics) {
    record.definitions.push_back({metric.name, metric.title, metric.unit, metric.formula.text()});
  }
  for (const auto& [event, reason] : plan.missing) record.unavailable.push_back({event, reason});
}

}  // namespace pmubench
