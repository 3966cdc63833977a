#include "reports/store/run.h"

#include <algorithm>

namespace pmubench::store {
namespace {

template <typename T>
std::size_t IndexOf(std::vector<T>& list, const T& item) {
  const auto found = std::find(list.begin(), list.end(), item);
  if (found != list.end()) return static_cast<std::size_t>(found - list.begin());
  list.push_back(item);
  return list.size() - 1;
}

}  // namespace

std::int16_t PackSampling(std::optional<double> ratio) {
  if (!ratio || std::isnan(*ratio)) return -1;
  // A ratio that is not 1 must not read as 1 later, and one that is not 0 not as 0.
  const double steps = std::clamp(*ratio, 0.0, 1.0) * kSamplingSteps;
  if (steps > 0 && steps < 1) return 1;
  if (steps < kSamplingSteps && steps > kSamplingSteps - 1) {
    return static_cast<std::int16_t>(kSamplingSteps - 1);
  }
  return static_cast<std::int16_t>(std::lround(steps));
}

std::optional<double> UnpackSampling(std::int16_t steps) {
  if (steps < 0) return std::nullopt;
  return steps / kSamplingSteps;
}

std::uint32_t Run::MetricIndex(const Metric& metric) {
  return static_cast<std::uint32_t>(IndexOf(metrics, metric));
}

std::uint16_t Run::ReasonIndex(const std::string& reason) {
  constexpr std::size_t kMost = 60000;
  if (reasons.size() >= kMost &&
      std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
    return static_cast<std::uint16_t>(reasons.size());
  }
  return static_cast<std::uint16_t>(IndexOf(reasons, reason) + 1);
}

std::uint32_t Run::LayoutIndex(const std::vector<std::uint32_t>& layout) {
  return static_cast<std::uint32_t>(IndexOf(layouts, layout));
}

}  // namespace pmubench::store
