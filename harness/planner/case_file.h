// Planning problems as JSON, and plans as JSON: the formats of `pmubench plan --case`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "planner/groupings.h"
#include "planner/plan.h"
#include "planner/problem.h"
#include "pmubench/result.h"

namespace pmubench {

/// Groups as some other tool forms them for the same metrics.
struct OtherGrouping {
  std::string name;
  std::vector<std::vector<std::string>> groups;
};

/// One problem of a case file.
struct PlanCase {
  std::string id;
  std::string platform;
  PlanProblem problem;
  std::vector<OtherGrouping> others;
  std::vector<UnplannableMetric> left_out{};  ///< known before not to be counted
};

/// Reads `{"cases": [...]}` or one bare case. A case has `metrics` (`name`, `events`, optional
/// `weight`) and `counters` (`generic`, `fixed`: event -> its counter); optional are
/// `constraints` (event -> counters it may use), `slots` (event -> 2 for an even/odd pair),
/// `pinned` with `effective_generic` (events that are counted all the time beside the groups, and
/// what is left), `event_rules` (event -> `alone`, `filter_register`, `filter_value`, `pmu`,
/// `dedicated_only`), `pmu_counters` (PMU -> its counters), `other_tools`, `platform`, `id`.
/// Errors name the case and the field.
[[nodiscard]] Result<std::vector<PlanCase>> ParsePlanCases(std::string_view text);

/// A plan made for a case.
struct SolvedCase {
  std::string id;
  Plan plan;
  double seconds = 0;
  std::vector<MetricForecast> rotated;     ///< the plan's groups left to the kernel's rotation
  std::vector<ComparedGrouping> compared;  ///< other ways to group, where they were asked for
};

/// Plans a case; with `compare` also by all other ways, the case's other tools included.
[[nodiscard]] SolvedCase SolveCase(const PlanCase& plan_case, const PlanOptions& options,
                                   bool compare);

/// `{"cases": [...]}`, indented. Every ratio's name or parent says by which rule it is.
[[nodiscard]] std::string PlansToJson(const std::vector<SolvedCase>& cases);

}  // namespace pmubench
