// How `stat` shows metrics: as a table for people, as JSON for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runner/stat.h"

namespace pmubench {

/// A table of metrics, one line each: value, unit, metric, 95 % interval, sampling ratio; those
/// without a number last (`reasons`), with why. Metrics that share a reason share a line.
[[nodiscard]] std::string MetricTable(const std::vector<StatMetric>& metrics, bool reasons = true);

/// [{"name", "unit", "value", "reason", "note", "sampling_ratio", "interval"}].
[[nodiscard]] nlohmann::ordered_json MetricsJson(const std::vector<StatMetric>& metrics);

/// What was counted and how, in words: "command 'sort'", "3 groups, switched by pmubench every 10
/// ms".
[[nodiscard]] std::string DescribeTarget(const StatRequest& request);

/// The whole of `stat`'s output at the end.
[[nodiscard]] std::string StatText(const StatRequest& request, const StatEnd& end);
[[nodiscard]] nlohmann::ordered_json StatJson(const StatRequest& request, const StatEnd& end);

/// One interval of `--interval`.
[[nodiscard]] std::string IntervalText(const StatReport& report);
[[nodiscard]] nlohmann::ordered_json IntervalJson(const StatReport& report);

}  // namespace pmubench
