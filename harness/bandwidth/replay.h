// Bandwidth computed from recordings of `perf stat`: pure arithmetic on their rows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bandwidth/perf_text.h"
#include "bandwidth/source.h"

namespace pmubench {

/// Bytes a second by direction; nullopt where the source cannot tell or nothing was counted.
struct Rates {
  std::optional<double> read;
  std::optional<double> write;
  std::optional<double> total;
};

/// What crossed in one interval, or in all.
struct Moved {
  std::optional<double> read;   ///< bytes
  std::optional<double> write;  ///< bytes
  std::optional<double> total;  ///< bytes; the sum where both are there

  [[nodiscard]] Rates Over(double seconds) const;
};

struct BandwidthInterval {
  double begin = 0;    ///< seconds since the start of the run (files joined)
  double seconds = 0;  ///< its length
  Moved moved;
  std::map<int, Moved> sockets;
  double lowest_percent = 100;  ///< the event that was counted the least
  bool incomplete = false;      ///< an event is missing or was not counted
};

/// How the average of a run was formed.
enum class Average { kTime, kIntervals };

struct BandwidthRun {
  SourceInfo source;
  double seconds = 0;  ///< sum of the files' last times
  Moved moved;
  std::map<int, Moved> sockets;
  std::vector<BandwidthInterval> intervals;
  double sampling_ratio = 1;  ///< mean over rows of the time on a counter
  double lowest_ratio = 1;
  std::size_t not_counted = 0;  ///< rows without a count
  std::vector<std::string> notes;
  bool incomplete = false;  ///< something is missing: the figures are lower bounds
  bool has_clock = false;   ///< the recording holds duration_time

  /// Bytes over seconds: each second weighs the same.
  [[nodiscard]] Rates OverTime() const { return moved.Over(seconds); }
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
