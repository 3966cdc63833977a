// One run as the history keeps it: what was measured, where, of which commit.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pmubench::store {

/// A metric by name and unit: a metric whose unit changes is another metric.
struct Metric {
  std::string name;
  std::string unit;

  friend bool operator==(const Metric&, const Metric&) = default;
};

/// One metric of one benchmark in one run.
struct Value {
  double value = std::numeric_limits<double>::quiet_NaN();  ///< NaN: not measured, see `reason`
  /// Robust standard deviation over launches (or repetitions), in the metric's unit; NaN: unknown.
  float spread = std::numeric_limits<float>::quiet_NaN();
  std::int16_t sampling = -1;  ///< sampling ratio in steps of 1/kSamplingSteps; -1: unknown
  std::uint16_t reason = 0;    ///< why there is no value: index + 1 into Run::reasons; 0: none

  [[nodiscard]] bool measured() const { return !std::isnan(value); }
};

/// The history keeps a sampling ratio in steps of 1/32000, in every back end, so that the same
/// data gives the same report from each.
inline constexpr double kSamplingSteps = 32000;
[[nodiscard]] std::int16_t PackSampling(std::optional<double> ratio);
[[nodiscard]] std::optional<double> UnpackSampling(std::int16_t steps);

/// A metric's value in each launch: what a later run is compared with.
struct Launches {
  std::uint32_t metric = 0;  ///< index into Run::metrics
  std::vector<double> values;
};

/// One benchmark of a run. `values` stand parallel to `Run::layouts[layout]`.
struct Row {
  std::string benchmark;
  std::uint32_t layout = 0;
  std::vector<Value> values;
  std::vector<Launches> launches;
};

/// What is known of a run beside its values.
struct RunInfo {
  std::string uuid;
  std::int64_t started_ms = 0;  ///< milliseconds since 1970, UTC, by the measuring machine's clock
  std::string machine;          ///< id of the machine fingerprint
  std::string configuration;    ///< build configuration: values of two are never one series
  std::string branch;
  std::string commit;
  std::string status;      ///< "complete", "partial", ...
  std::uint32_t rows = 0;  ///< how many benchmarks it holds
  std::int64_t id = 0;     ///< the back end's own; not the same in another store
};

/// One run. Rows share layouts: most benchmarks of a run have the same metrics.
struct Run {
  RunInfo info;
  std::string machine_document;        ///< the whole fingerprint, JSON
  std::string configuration_document;  ///< JSON
  std::string document;                ///< what else the record said of the run, JSON
  std::vector<Metric> metrics;
  std::vector<std::string> reasons;
  std::vector<std::vector<std::uint32_t>> layouts;  ///< indices into metrics
  std::vector<Row> rows;

  /// Index of the metric, added where it is new.
  std::uint32_t MetricIndex(const Metric& metric);
  /// Index + 1 of the reason, added where it is new; the last one fits where there are too many.
  std::uint16_t ReasonIndex(const std::string& reason);
  /// Index of the layout, added where it is new.
  std::uint32_t LayoutIndex(const std::vector<std::uint32_t>& layout);
};

/// What tells one series from another beside benchmark and metric.
struct Context {
  std::string machine;
  std::string configuration;

  friend auto operator<=>(const Context&, const Context&) = default;
};

}  // namespace pmubench::store
