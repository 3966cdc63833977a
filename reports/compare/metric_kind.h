// What is known of a metric by its name.
#pragma once

#include <string>
#include <string_view>

#include "reports/statistics/verdict.h"

namespace pmubench::compare {

struct MetricKind {
  statistics::MetricClass metric_class = statistics::MetricClass::kNoisy;
  bool higher_is_better = false;
  std::string unit;
};

/// Class, direction and unit of the metrics of Google Benchmark, of records and of the usual
/// counters. A name that is not known is noisy: it explains and never decides, unless it is asked
/// for as a gate, and then it is taken as timing.
[[nodiscard]] MetricKind KindOf(std::string_view metric, bool is_gate);

}  // namespace pmubench::compare
