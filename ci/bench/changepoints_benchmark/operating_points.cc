#include "ci/bench/changepoints_benchmark/operating_points.h"

#include <algorithm>
#include <array>

namespace pmubench::bench {
namespace {

constexpr std::array<Requirement, 14> kRequirements{{
    {Noise::kGaussian, {}, 0.01},
    {Noise::kSkewed, {}, 0.04},
    {Noise::kVerySkewed, {}, 0.04},
    {Noise::kOutliers, {}, 0.04},
    {Noise::kSlowOutliers, {}, 0.04},
    {Noise::kAutocorrelated, {}, 0.02},
    {Noise::kBimodal, {}, 0.03},
    {Noise::kConstant, {}, 0},
    {Noise::kQuantised, {}, 0},
    {Noise::kExact, {}, 0.01},
    {Noise::kOutliers, Step{3, 10}, 0.95},
    {Noise::kOutliers, Step{5, 3}, 0.97},
    {Noise::kSlowOutliers, Step{3, 10}, 0.95},
    {Noise::kSlowOutliers, Step{5, 3}, 0.97},
}};

}  // namespace

std::span<const Requirement> Requirements() { return kRequirements; }

double Rate(const Detector& detector, Noise noise, const std::optional<Step>& step) {
  std::size_t hits = 0;
  for (std::size_t seed = 1; seed <= kSimulations; ++seed) {
    const auto points = detector(SimulatedSeries(noise, kSeriesLength, seed, step));
    if (!step) {
      hits += points.empty() ? 0 : 1;
      continue;
    }
    const std::size_t place = kSeriesLength - step->values_after;
    hits += std::any_of(points.begin(), points.end(),
                        [&](const auto& point) {
                          return point.index + kDetectionMargin >= place &&
                                 point.index <= place + kDetectionMargin;
                        })
                ? 1
                : 0;
  }
  return static_cast<double>(hits) / kSimulations;
}

bool Met(const Requirement& requirement, double rate) {
  return requirement.step ? rate >= requirement.limit : rate <= requirement.limit;
}

}  // namespace pmubench::bench
