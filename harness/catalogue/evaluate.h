// From raw counts to metric values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"

namespace pmubench {

/// One event's count with the times of the group it was counted in, in nanoseconds.
struct EventCount {
  double count = 0;
  double time_enabled_ns = 0;
  double time_running_ns = 0;
};

/// What was counted at the same time: one repetition with one group, or one turn of a rotation.
struct Measurement {
  std::map<std::string, EventCount> events;  ///< by the catalogue's event name
  /// Quantities of the run, by name: "iterations", "wall_ns", "cpu_ns", "counted_ns". A quantity
  /// without a number says why ("the command's own loop is not known").
  std::map<std::string, Value> quantities;
  /// Turns of one rotation carry the same number from 0: their counts are of the same interval,
  /// which every turn's time_enabled_ns covers, and their quantities are the whole interval's.
  /// Below 0: a run of its own, as a pass is.
  int run = -1;
};

/// A metric's value over measurements. Never NaN: no number comes with a reason.
struct MetricValue {
  std::string name;
  std::string unit;
  Value value;  ///< ratio of sums over the measurements used
  std::optional<double>
      sampling_ratio;    ///< time running / time enabled of those; 1: fully measured
  int measurements = 0;  ///< how many held all events of the metric
  // Spread over single measurements, where more than one gave a number.
  std::optional<double> min, max, mean, stddev, cv;
  std::string note{};  ///< what speaks against the value, though there is one
};

/// Computes `metric` from the measurements that hold all its events, as a ratio of sums, so that
/// numerator and denominator come from the same runs. Counts of groups that ran part of the time
/// are scaled by enabled/running. `missing` says why an event was not counted.
[[nodiscard]] MetricValue EvaluateMetric(const CatalogueMetric& metric,
                                         const std::vector<Measurement>& measurements,
                                         const std::map<std::string, std::string>& missing);

}  // namespace pmubench
