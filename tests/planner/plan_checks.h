// An independent reading of what a plan must satisfy, written without the planner's own code.
#pragma once

#include <string>

#include "planner/plan.h"

namespace pmubench {

/// Whether the events can sit on the counters: tries every placement. For small groups.
bool CanBeCounted(const PlanProblem& problem, const std::vector<std::string>& events);

/// "" if the plan is valid: every group fits the hardware, every metric is planned or named as
/// unplannable, and the ratios are what the groups give. Otherwise what is wrong.
std::string CheckPlan(const PlanProblem& problem, const Plan& plan);

}  // namespace pmubench
