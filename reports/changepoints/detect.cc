#include "reports/changepoints/detect.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace pmubench::changepoints {
namespace {

bool Near(const ChangePoint& a, const ChangePoint& b, std::size_t tolerance) {
  return (a.index > b.index ? a.index - b.index : b.index - a.index) <= tolerance;
}

bool HasNear(const std::vector<ChangePoint>& points, const ChangePoint& point,
             std::size_t tolerance) {
  return std::any_of(points.begin(), points.end(),
                     [&](const ChangePoint& other) { return Near(point, other, tolerance); });
}

}  // namespace

Result<DetectorKind> ParseDetector(std::string_view name) {
  if (name == "clipcusum") return DetectorKind::kClippedCusum;
  if (name == "otava") return DetectorKind::kEDivisive;
  return Error{ErrorCode::kUsage, "unknown detector '" + std::string(name) + "'",
               "use clipcusum or otava"};
}

std::string_view DetectorName(DetectorKind kind) {
  return kind == DetectorKind::kClippedCusum ? "clipcusum" : "otava";
}

std::vector<ChangePoint> Vote(const std::vector<std::vector<ChangePoint>>& by_detector,
                              std::size_t votes, std::size_t tolerance) {
  std::vector<ChangePoint> elected;
  for (std::size_t i = 0; i < by_detector.size(); ++i) {
    for (const ChangePoint& point : by_detector[i]) {
      // One that an earlier detector has was counted there.
      const auto seen_before = [&](const auto& points) {
        return HasNear(points, point, tolerance);
      };
      if (std::any_of(by_detector.begin(), by_detector.begin() + static_cast<std::ptrdiff_t>(i),
                      seen_before)) {
        continue;
      }
      std::size_t found = 0;
      for (const auto& points : by_detector) found += seen_before(points) ? 1 : 0;
      if (found >= votes) elected.push_back(point);
    }
  }
  std::sort(elected.begin(), elected.end(),
            [](const ChangePoint& a, const ChangePoint& b) { return a.index < b.index; });
  return elected;
}

Detection Detect(std::span<const double> values, const DetectOptions& options) {
  assert(!options.detectors.empty() && options.votes <= options.detectors.size());
  std::vector<double> finite;
  std::vector<std::size_t> places;
  finite.reserve(values.size());
  places.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    finite.push_back(values[i]);
    places.push_back(i);
  }
  std::vector<std::vector<ChangePoint>> by_detector;
  for (DetectorKind kind : options.detectors) {
    by_detector.push_back(kind == DetectorKind::kClippedCusum
                              ? ClippedCusum(finite, options.clipped_cusum)
                              : EDivisive(finite, options.e_divisive));
  }
  Detection detection;
  detection.missing = values.size() - finite.size();
  detection.points = by_detector.size() == 1 ? std::move(by_detector.front())
                                             : Vote(by_detector, options.votes, options.tolerance);
  for (ChangePoint& point : detection.points) point.index = places[point.index];
  return detection;
}

}  // namespace pmubench::changepoints
