// Bandwidth over the size of what is worked on: benchmarks that are points of one curve.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/pages/report.h"

namespace pmubench::pages {

struct SizePoint {
  double bytes = 0;             ///< the size, the counter `working_set_bytes`
  double bytes_per_second = 0;  ///< as the benchmark counts them
};

struct SizeCurve {
  std::string name;               ///< what the benchmarks' names share
  std::vector<SizePoint> points;  ///< by ascending size, at least 3
  /// Between these sizes the last cache was measured to end (`last_cache_holds_bytes`,
  /// `last_cache_not_bytes`); nullopt where no benchmark of the curve says so.
  std::optional<double> holds, beyond;
};

/// Benchmarks that have `working_set_bytes` and `bytes_per_second` and whose names differ in one
/// part between slashes only, in the order of the report.
[[nodiscard]] std::vector<SizeCurve> SizeCurvesOf(const Report& report);

}  // namespace pmubench::pages
