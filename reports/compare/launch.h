// What one process measured, whichever program wrote it down.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"
#include "reports/metric_remarks.h"

namespace pmubench::compare {

/// Values of one metric's repetitions by metric; finite, times in nanoseconds.
using MetricValues = std::map<std::string, std::vector<double>>;

/// One run of a benchmark binary: the unit that sides are compared by.
struct Launch {
  std::string source;                              ///< the file, or what was launched
  std::map<std::string, MetricValues> values;      ///< by benchmark, whose name may hold any bytes
  std::map<std::string, std::string> units;        ///< by metric, where the file says
  std::set<std::string> scaled;                    ///< metrics counted only part of the time
  std::map<std::string, std::string> failed;       ///< benchmark: why it has no values
  std::map<std::string, std::string> fingerprint;  ///< what must be equal to compare
  std::map<std::string, std::string> remarks;      ///< what had better be equal
  MetricDoubts doubts;                             ///< what the file says against its metrics
  std::string incomplete;                          ///< why the run did not come to its end
};

/// Reads Google Benchmark's JSON, a record of ours, or a bundle of the history, which holds several
/// launches. Repetitions are the rows of one run_name; where a file holds aggregates only, their
/// median or mean stands for them. A record's own metrics count as one value. Errors: kBadInput,
/// with the place, for text that is not such JSON or of a newer schema.
[[nodiscard]] Result<std::vector<Launch>> ParseLaunches(std::string_view text,
                                                        const std::string& source);

/// The launches of one side: each path is a file, or a folder whose *.json files are read in order
/// of their names. Errors: kNotFound, kBadInput.
[[nodiscard]] Result<std::vector<Launch>> ReadLaunches(const std::vector<std::string>& paths);

}  // namespace pmubench::compare
