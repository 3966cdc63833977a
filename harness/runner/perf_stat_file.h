// A recording of `perf stat -x SEPARATOR` [-I MS] [-A], to be evaluated without the machine.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"
#include "catalogue/evaluate.h"
#include "pmubench/result.h"

namespace pmubench {

/// What perf printed in one interval, summed over CPUs.
struct PerfStatInterval {
  double end_s = 0;      ///< perf's timestamp; 0 where there are no intervals
  double length_ns = 0;  ///< to the interval before; from duration_time where there are none
  /// By perf's name without modifiers ("cycles" for "cycles:D"). Counts are raw again: perf prints
  /// them scaled, and running / enabled is in its last column but two.
  std::map<std::string, EventCount> events;
};

struct PerfStatRecording {
  std::vector<PerfStatInterval> intervals;
  int cpus = 0;                          ///< different ones; 0 without -A
  std::vector<std::string> not_counted;  ///< events that perf could not count at least once
};

/// Reads the text of a recording; the separator is found. kBadInput with file and line.
[[nodiscard]] Result<PerfStatRecording> ReadPerfStat(std::string_view text,
                                                     const std::string& file);

/// One measurement an interval, with the catalogue's names for the events that it knows by name,
/// alias or raw code ("r01d1").
[[nodiscard]] std::vector<Measurement> MeasurementsOf(const PerfStatRecording& recording,
                                                      const Catalogue& catalogue);

}  // namespace pmubench
