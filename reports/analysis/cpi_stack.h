// Cycles per instruction as a stack: what each source of waiting contributes.
#pragma once

#include <string>
#include <vector>

#include "pmubench/result.h"
#include "reports/analysis/metric_table.h"

namespace pmubench {

/// One layer of the stack.
struct CpiPart {
  std::string name;    ///< the metric: "cpi_memory"
  std::string title;   ///< "memory"
  double cpi = 0;      ///< cycles/instruction; may be negative, and is shown so
  double percent = 0;  ///< of the whole CPI
  std::string note;    ///< where its penalty is from
};

struct CpiStack {
  double cpi = 0;
  std::vector<CpiPart> parts;  ///< those with a number; cpi_base first
  /// The rest, so that the stack adds up. Below 0: the parts overlap in time, as waits of an
  /// out-of-order core do, and each is counted in full.
  double unattributed = 0;
  std::vector<std::string> missing;  ///< "cpi_tlb: reason", of parts without a number
};

/// The stack of the metrics named cpi_*. kNotFound where there is no CPI or no part of it.
[[nodiscard]] Result<CpiStack> CpiStackOf(const AnalysisInput& table);

}  // namespace pmubench
