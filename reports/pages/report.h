// What a report says, before it is a page of some kind. Plain data: every page is a pure function
// of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pmubench::pages {

enum class Verdict {
  kRegression,
  kImprovement,
  kEnvironment,   ///< changed, and a fixed program changed with it: the machine did
  kInconclusive,  ///< too little was measured to say
  kNotMeasured,
  kAdded,    ///< not in the baseline
  kRemoved,  ///< only in the baseline
  kUnchanged
};

/// One metric of one benchmark.
struct MetricLine {
  std::string name;
  std::string unit;
  bool gate = false;  ///< decides the verdict; the others explain it
  std::optional<double> value;
  std::optional<double> low, high;  ///< interval of the value
  std::string reason;               ///< why there is no value
  std::optional<double> sampling_ratio;
  std::optional<double> baseline;
  std::optional<double> change;  ///< value / baseline - 1
  std::optional<double> change_low, change_high;
  std::optional<double> q;                    ///< p after correction for the number of tests
  bool compared = false;                      ///< a test against the baseline gave the verdict
  std::optional<double> band_low, band_high;  ///< where the history expects the value
  std::string rerun;  ///< of a value outside: "confirmed", "noise", "inconclusive"; "": not made
  Verdict verdict = Verdict::kUnchanged;
};

/// A metric over the runs of the report, parallel to Report::runs; NaN where there is no value.
struct Series {
  std::string metric;
  std::string unit;
  std::vector<double> values;
  std::vector<std::size_t> change_points;  ///< first run of each new level
  std::optional<double> band_low, band_high;
};

struct BenchmarkReport {
  std::string name;  ///< any bytes
  Verdict verdict = Verdict::kUnchanged;
  std::string explanation;  ///< one sentence; "" where there is nothing to explain
  std::vector<MetricLine> metrics;
  std::vector<Series> series;
};

/// Change points of many series at one place.
struct EventReport {
  std::size_t first_run = 0, last_run = 0;  ///< indices into Report::runs
  std::string from_commit, to_commit;       ///< the change is in (from, to]
  bool environment = false;                 ///< the canary stepped too
  std::size_t benchmarks = 0;
  std::vector<std::string> series;  ///< "parse/1: real_time +3.1 %", the strongest first
};

struct RunPoint {
  std::int64_t started_ms = 0;
  std::string commit;
  std::string status;
};

/// Whether a fixed program stayed as it was.
enum class CanaryState {
  kAbsent,   ///< it did not run
  kUnknown,  ///< nothing to compare it with yet
  kStable,
  kMoved
};

struct Report {
  std::string title;
  std::int64_t generated_ms = 0;
  std::vector<std::pair<std::string, std::string>> facts;  ///< machine, commit, baseline, ...
  std::vector<std::string> warnings;
  bool compared = false;  ///< there is a baseline
  CanaryState canary = CanaryState::kAbsent;
  std::vector<std::string> canary_moved;  ///< the metrics in which it moved
  std::vector<RunPoint> runs;
  std::vector<EventReport> events;
  std::vector<BenchmarkReport> benchmarks;
};

/// How many benchmarks of each verdict.
[[nodiscard]] std::size_t CountOf(const Report& report, Verdict verdict);

/// Whether a reader has to look at it: it changed, is inconclusive or was not measured.
[[nodiscard]] bool NeedsAttention(const BenchmarkReport& benchmark);

/// How urgent a verdict is: 0 a regression, then not measured, environment, inconclusive,
/// improvement, added, removed, unchanged.
[[nodiscard]] int Rank(Verdict verdict);

/// Indices of benchmarks by Rank(), within each by the size of the change, then by name.
[[nodiscard]] std::vector<std::size_t> Order(const Report& report);

/// One line: "2 regressions, 1 improvement, 37 unchanged".
[[nodiscard]] std::string Summary(const Report& report);

/// The metric that decided: the gate metric with the largest change; null without metrics.
[[nodiscard]] const MetricLine* MainMetric(const BenchmarkReport& benchmark);
[[nodiscard]] const MetricLine* FindMetric(const BenchmarkReport& benchmark,
                                           const std::string& name);

}  // namespace pmubench::pages
