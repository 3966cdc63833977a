// Top-down analysis: where the slots of the core went, in two levels.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/analysis/metric_table.h"

namespace pmubench {

/// A part of all slots. Negative where the events disagree by that much: shown as what it is.
struct TopDownPart {
  std::string name;                ///< "backend_bound"; "backend_bound/memory" on level 2
  std::string title;               ///< "back-end bound", "memory"
  std::optional<double> percent;   ///< of all slots
  std::string reason;              ///< why there is no number
  std::string note;                ///< an approximation, and of what
  std::vector<TopDownPart> parts;  ///< level 2, where the core has the events
};

struct TopDown {
  std::vector<TopDownPart> parts;  ///< level 1; never empty
  /// Of level 1, in percent; nothing where a part has no number. What it is off 100 is the error:
  /// parts come from runs of their own and from events that count a little different things.
  std::optional<double> sum;
  /// |sum - 100|, in percent of the slots.
  [[nodiscard]] std::optional<double> error() const;
};

/// From the metrics retiring, bad_speculation, frontend_bound, backend_bound and smt_contention,
/// and on level 2 from the shares of each: heavy_operations, mispredict_bound,
/// frontend_latency_bound or frontend_mem_bound, backend_mem_bound. A part of level 2 is its
/// parent times its share, and the rest is the rest: they add up to the parent.
[[nodiscard]] TopDown TopDownOf(const AnalysisInput& table);

}  // namespace pmubench
