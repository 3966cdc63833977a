// The problem of `pmubench plan` for a core of the catalogue or for this machine.
#pragma once

#include "cli/plan.h"

namespace pmubench {

/// Metrics and events from the catalogue; counters from the probe on this machine, from the core's
/// documentation for one that is not here, or from `--counters`.
[[nodiscard]] Result<PlanCase> PlanCaseFromCatalogue(const PlanRequest& request);

}  // namespace pmubench
