// What an analysis is made from: metric values by name, and the time of an iteration. The names
// are the catalogue's, the same on every core.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "pmubench/result.h"
#include "reports/metric_remarks.h"
#include "reports/record.h"

namespace pmubench {

/// One metric of one benchmark. No value comes with a reason.
struct TableMetric {
  std::optional<double> value;
  std::string unit;
  std::string title;
  std::string reason;
  std::string note;   ///< an approximation, the source of a penalty, an event that counts wrong
  std::string wrong;  ///< the last of these alone
};

/// The metrics of one benchmark, run or process.
struct AnalysisInput {
  std::map<std::string, TableMetric, std::less<>> metrics;
  std::optional<double> cpu_ns;  ///< CPU time of one iteration, in nanoseconds
  bool counts_kernel = false;    ///< whether cycles of the kernel are counted too

  /// The number, or nothing.
  [[nodiscard]] std::optional<double> Number(std::string_view name) const;
  /// Null where the table has no such metric.
  [[nodiscard]] const TableMetric* Find(std::string_view name) const;
};

/// What speaks against the table's metrics.
[[nodiscard]] MetricDoubts DoubtsOf(const AnalysisInput& table);

/// The table of one benchmark of a record. CPU time and iterations are sums over the repetitions
/// that were counted. kNotFound where the record has no such benchmark.
[[nodiscard]] Result<AnalysisInput> TableOf(const Record& record, const std::string& run_name);

}  // namespace pmubench
