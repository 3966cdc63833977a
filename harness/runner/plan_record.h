// The plan's share of a record.
#pragma once

#include "reports/record.h"
#include "runner/measurement_plan.h"

namespace pmubench {

/// Groups, metric definitions and what is not measured and why.
void DescribePlan(const MeasurementPlan& plan, Record& record);

/// An evaluated metric and a measurement as the record keeps them.
[[nodiscard]] RecordMetric ToRecord(const MetricValue& value);
[[nodiscard]] RecordCounts ToRecord(const Measurement& measurement, int group);

/// All metrics of one benchmark.
[[nodiscard]] RecordResult EvaluateForRecord(const std::string& run_name,
                                             const MeasurementPlan& plan,
                                             const std::vector<Measurement>& measurements);

}  // namespace pmubench
