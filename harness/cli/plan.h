// `pmubench plan`: the groups for a set of metrics, on this machine or one that is not there.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "planner/case_file.h"
#include "pmubench/result.h"

namespace CLI {
class App;
}

namespace pmubench {

/// What the verb was asked.
struct PlanRequest {
  std::vector<std::string> metrics = {"basic"};
  std::string cpu;               ///< a core of the catalogue; "" this machine
  std::string catalogue_file;    ///< a user's own; "" none
  std::string case_file;         ///< problems from a file instead
  std::vector<std::string> ids;  ///< only these of the file
  int counters = -1;             ///< general counters to plan for instead; -1: as found
  bool compare = false;
  std::string slices = "equal";  ///< or "lowest"
  double effort = 1;             ///< times the default limits of the searches
  std::string format = "text";
};

/// Makes the problem for `metrics` on `cpu` or on this machine: catalogue and probe, which the
/// planner does not know.
using PlanSource = std::function<Result<PlanCase>(const PlanRequest& request)>;

/// Plans and prints. Returns the exit code: 0; 2 for bad input; 3 if no metric can be planned.
[[nodiscard]] int RunPlan(const PlanRequest& request, const PlanSource& source, std::ostream& out,
                          std::ostream& err);

/// Adds the verb, which sets `exit_code` when it was called. Without a source it plans files only.
void AddPlanVerb(CLI::App& app, int& exit_code, PlanSource source = nullptr);

/// For people: groups, metrics with predicted ratios, what was left out, the comparison.
[[nodiscard]] std::string DescribePlan(const PlanCase& plan_case, const SolvedCase& solved);

}  // namespace pmubench
