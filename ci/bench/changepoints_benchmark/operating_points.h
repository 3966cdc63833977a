// False alarms and detections of a detector on simulated histories.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "ci/bench/changepoints_benchmark/simulated_series.h"
#include "reports/changepoints/change_point.h"

namespace pmubench::bench {

using Detector =
    std::function<std::vector<changepoints::ChangePoint>(std::span<const double> values)>;

inline constexpr std::size_t kSimulations = 300;
inline constexpr std::size_t kSeriesLength = 200;
/// A change point this close to the true step found it.
inline constexpr std::size_t kDetectionMargin = 10;

/// What the default detector has to do: without a step, the share of series with any change point
/// is at most `limit`; with one, the share where it was found at least `limit`.
struct Requirement {
  Noise noise;
  std::optional<Step> step;
  double limit;
};

[[nodiscard]] std::span<const Requirement> Requirements();

/// Share of kSimulations series, seeds 1, 2, ..., with any change point or with the step found.
[[nodiscard]] double Rate(const Detector& detector, Noise noise, const std::optional<Step>& step);

[[nodiscard]] bool Met(const Requirement& requirement, double rate);

}  // namespace pmubench::bench
