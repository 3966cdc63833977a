// Bandwidth computed from recordings of `perf stat`: pure arithmetic on their rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bandwidth/moved.h"
#include "bandwidth/perf_text.h"
#include "bandwidth/source.h"

namespace pmubench {

struct BandwidthInterval {
  double begin = 0;    ///< seconds since the start of the run (files joined)
  double seconds = 0;  ///< its length
  MovedBySocket moved;
  double lowest_percent = 100;  ///< the event that was counted the least
  bool incomplete = false;      ///< an event is missing or was not counted
};

/// How the average of a run was formed.
enum class Average { kTime, kIntervals };

struct BandwidthRun {
  SourceInfo source;
  double seconds = 0;  ///< sum of the files' last times
  MovedBySocket moved;
  std::vector<BandwidthInterval> intervals;
  double sampling_ratio = 1;  ///< mean over rows of the time on a counter
  double lowest_ratio = 1;
  std::size_t not_counted = 0;  ///< rows without a count
  std::vector<std::string> notes;
  bool incomplete = false;  ///< something is missing: the figures are lower bounds
  bool has_clock = false;   ///< the recording holds duration_time

  /// Bytes over seconds: each second weighs the same.
  [[nodiscard]] Rates OverTime() const { return moved.all.Over(seconds); }
  /// The mean of the intervals' rates: each interval weighs the same.
  [[nodiscard]] Rates OverIntervals() const;
};

struct Recording {
  std::string name;  ///< of the file, for messages
  PerfText text;
};

/// Evaluates recordings of one run, in this order. kBadInput where they have no event of `source`
/// or no time (perf stat without -I). `seconds`: length of a recording without times.
[[nodiscard]] Result<BandwidthRun> EvaluateRecordings(const std::vector<Recording>& recordings,
                                                      const BandwidthSource& source,
                                                      std::optional<double> seconds = {});

/// The first of all sources that recognises an event. kBadInput where none does.
[[nodiscard]] Result<BandwidthSource> SourceOfRecordings(const std::vector<Recording>& recordings);

}  // namespace pmubench
