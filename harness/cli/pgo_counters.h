// What a PMU, where there is one, says of the builds that `pgo run` compares.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "counters/kernel.h"
#include "pmubench/result.h"
#include "runner/measurement_plan.h"

namespace pmubench {

/// The metrics that `pgo advise` and `pgo run` look at, in the order of a table.
[[nodiscard]] const std::vector<std::string>& FrontEndMetricNames();

/// Counts the front-end metrics of commands.
class FrontEndCounter {
 public:
  /// kNoPmu where none of the metrics can be counted here, with the reasons.
  [[nodiscard]] static Result<FrontEndCounter> Prepare(Kernel& kernel);

  /// Runs it through sh -c, its output thrown away. Metrics without a value are not in the map.
  [[nodiscard]] Result<std::map<std::string, double>> Count(const std::string& command) const;

  /// Name to unit, of the metrics that can be counted.
  [[nodiscard]] const std::map<std::string, std::string>& units() const { return units_; }

 private:
  FrontEndCounter(Kernel& kernel, MeasurementPlan plan)
      : kernel_(&kernel), plan_(std::move(plan)) {}

  Kernel* kernel_;
  MeasurementPlan plan_;
  std::map<std::string, std::string> units_;
};

}  // namespace pmubench
