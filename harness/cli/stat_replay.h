// `pmubench stat --replay`: the metrics of a recording of perf stat.
#pragma once

#include <string>
#include <vector>

#include "catalogue/evaluate.h"
#include "pmubench/result.h"
#include "runner/perf_stat_file.h"

namespace pmubench {

struct ReplayRequest {
  std::string file;
  std::string cpu;  ///< the core it was recorded on, by the catalogue's name; "": this one
  std::string catalogue_file;
  std::vector<std::string> metrics;
};

struct Replay {
  PerfStatRecording recording;
  std::string core;
  std::vector<MetricValue> metrics;  ///< values: ratio of sums; mean: of the intervals' ratios
};

/// Reads and evaluates. Errors: kBadInput, kNotFound, kUsage.
[[nodiscard]] Result<Replay> ReplayPerfStat(const ReplayRequest& request);

/// A table of value, mean over intervals and sampling ratio; as JSON.
[[nodiscard]] std::string ReplayText(const Replay& replay);
[[nodiscard]] std::string ReplayJson(const Replay& replay);

}  // namespace pmubench
