// What a CI job's run is judged by: the baseline's newest run, and the series it continues.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/night_report.h"
#include "pmubench/result.h"
#include "reports/compare/launch.h"
#include "reports/store/store.h"

namespace pmubench {

struct Past {
  std::optional<store::Run> baseline;          ///< newest run of the branch; none at first
  std::vector<compare::Launch> launches;       ///< the baseline's
  Night night;                                 ///< its last run is the one that is judged
  std::optional<std::string> clock_went_back;  ///< what to warn of
};

/// The runs of `branch` that the machine of `run` measured in its configuration, and `run` after
/// them. An empty history is no error.
[[nodiscard]] Result<Past> ReadPast(store::Store& store, const store::Run& run,
                                    const std::string& branch, const NightOptions& options);

}  // namespace pmubench
