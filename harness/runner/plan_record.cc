#include "runner/plan_record.h"

namespace pmubench {

void DescribePlan(const MeasurementPlan& plan, Record& record) {
  record.counts_kernel = plan.counts_kernel;
  record.plan.general_counters = plan.counters.free;
  record.plan.lower_bound = plan.plan.lower_bound;
  record.plan.proven = plan.plan.proven;
  for (const PlanGroup& group : plan.plan.groups) record.plan.groups.push_back(group.events);
  for (const CatalogueMetric& metric : plan.metrics) {
    record.definitions.push_back(
        {metric.name, metric.title, metric.unit, metric.formula.text(), metric.note});
  }
  for (const auto& [event, reason] : plan.missing) record.unavailable.push_back({event, reason});
}

RecordMetric ToRecord(const MetricValue& value) {
  return {value.name,           value.unit,         value.value.number, value.value.reason,
          value.sampling_ratio, value.measurements, value.min,          value.max,
          value.mean,           value.stddev,       value.cv,           value.note};
}

RecordCounts ToRecord(const Measurement& measurement, int group) {
  RecordCounts counts;
  counts.group = group;
  for (const auto& [name, event] : measurement.events) {
    counts.events[name] = {event.count, event.time_enabled_ns, event.time_running_ns};
  }
  for (const auto& [name, quantity] : measurement.quantities) {
    if (quantity.number) counts.quantities[name] = *quantity.number;
  }
  return counts;
}

RecordResult EvaluateForRecord(const std::string& run_name, const MeasurementPlan& plan,
                               const std::vector<Measurement>& measurements) {
  RecordResult result{run_name, {}};
  for (const MetricValue& value : plan.Evaluate(measurements)) {
    result.metrics.push_back(ToRecord(value));
  }
  return result;
}

}  // namespace pmubench
