// The plan's share of a record.
#pragma once

#include "reports/record.h"
#include "runner/measurement_plan.h"

namespace pmubench {

/// Groups, metric definitions and what is not measured and why.
void DescribePlan(const MeasurementPlan& plan, Record& record);

}  // namespace pmubench
