// Change points by one detector or by a vote of several.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"
#include "reports/changepoints/change_point.h"
#include "reports/changepoints/clipped_cusum.h"
#include "reports/changepoints/e_divisive.h"

namespace pmubench::changepoints {

enum class DetectorKind {
  kClippedCusum,  ///< "clipcusum": the default
  kEDivisive,     ///< "otava": Apache Otava's
};

[[nodiscard]] Result<DetectorKind> ParseDetector(std::string_view name);
[[nodiscard]] std::string_view DetectorName(DetectorKind kind);

struct DetectOptions {
  /// The first one's points are given back; the others vote for them.
  std::vector<DetectorKind> detectors{DetectorKind::kClippedCusum};
  /// How many detectors must see a point; at most detectors.size().
  std::size_t votes = 1;
  /// Detectors agree when their points are at most so many values apart.
  std::size_t tolerance = 5;
  ClippedCusumOptions clipped_cusum;
  EDivisiveOptions e_divisive;
};

struct Detection {
  std::vector<ChangePoint> points;
  std::size_t missing = 0;  ///< values that were not finite and were left out
};

/// Change points of `values`, indices into `values`. Values that are not finite (a night without
/// a measurement) are left out and counted. With several detectors a point counts when at least
/// `votes` of them have one within `tolerance`; of those, the earliest named detector's is kept.
/// Thread-safe, deterministic.
[[nodiscard]] Detection Detect(std::span<const double> values, const DetectOptions& options = {});

/// The vote alone, on the points of each detector in order of precedence.
[[nodiscard]] std::vector<ChangePoint> Vote(
    const std::vector<std::vector<ChangePoint>>& by_detector, std::size_t votes,
    std::size_t tolerance);

}  // namespace pmubench::changepoints
