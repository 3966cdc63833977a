// What a history says of its newest run: bands, change points, events. Pure functions of a table.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "reports/changepoints/detect.h"
#include "reports/history/band.h"
#include "reports/history/events.h"
#include "reports/history/series_table.h"

namespace pmubench::history {

struct NightlyOptions {
  changepoints::DetectOptions detect;
  /// Of the gate series that are said to have stepped, so many did not (Benjamini-Hochberg).
  double false_discovery_rate = 0.05;
  std::size_t window = 400;   ///< only so many of the newest runs are searched for steps
  std::size_t tolerance = 2;  ///< steps at most so many runs apart are one event
  unsigned threads = 0;       ///< 0: one a CPU
};

/// One metric of one benchmark.
struct SeriesState {
  std::size_t benchmark = 0, metric = 0;  ///< indices into the table
  bool gate = false;                      ///< decides; the others explain
  bool canary = false;
  std::vector<changepoints::ChangePoint> points;  ///< indices are runs
  std::size_t segment = 0;                        ///< first run of the current level
  std::optional<Band> band;                       ///< where tonight's value is expected
  Side tonight = Side::kInside;
  std::optional<Rerun> rerun;  ///< what launches made again say of it; rerun.h
  /// Relative robust spread of the current level from run to run, where there is enough of it.
  std::optional<double> noise;
};

struct Nightly {
  std::vector<SeriesState> series;  ///< in the table's order
  std::vector<Event> events;        ///< of gate series and canaries
};

/// Analyses all series; the last run of the table is tonight's. Deterministic, whatever the number
/// of threads.
[[nodiscard]] Nightly AnalyzeNight(const SeriesTable& table, const NightlyOptions& options = {});

/// The metrics of a benchmark that decide: its time, and instructions.
[[nodiscard]] bool IsGate(const BenchmarkSeries& benchmark, const std::string& metric);

/// Whether the change is for the worse, by the metric's direction.
[[nodiscard]] bool IsWorse(const std::string& metric, double relative_change);

}  // namespace pmubench::history
