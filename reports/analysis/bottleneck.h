// The dominant bottleneck of a benchmark, and the reason of a change, each in one sentence with
// its evidence.
#pragma once

#include <string>

#include "reports/analysis/metric_table.h"

namespace pmubench {

struct Bottleneck {
  std::string category;  ///< "retiring", "backend_bound/memory", ...; empty: not to be said
  double percent = 0;    ///< of the slots
  /// "62.0 % back-end bound, of which memory 51.2 %: 14.1 LLC MPKI, 85 % of attainable bandwidth".
  /// Where nothing can be said, why, and what to measure.
  std::string sentence;
};

/// The largest of what kept slots from retiring; "retiring" where more slots than in any of them
/// did work. Evidence is taken from what the table has; `bandwidth_percentage`, which the
/// catalogue does not count, is there where a source of memory bandwidth was read.
[[nodiscard]] Bottleneck BottleneckOf(const AnalysisInput& table);

/// "CPU time +12.0 %: instructions +0.1, CPI +11.8, cycle time +0.1 points; of CPI, memory +0.21
/// of +0.22 cycles/instruction; LLC MPKI 3.1 -> 5.4". For explaining a benchmark whose time
/// changed; where the iron law cannot be had, says why.
[[nodiscard]] std::string ExplainChange(const AnalysisInput& before, const AnalysisInput& after);

}  // namespace pmubench
