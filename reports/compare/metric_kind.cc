#include "reports/compare/metric_kind.h"

#include <algorithm>
#include <array>

namespace pmubench::compare {
namespace {

using statistics::MetricClass;

struct Known {
  std::string_view name;
  MetricClass metric_class;
  bool higher_is_better;
  std::string_view unit;
};

constexpr std::array kKnown = {
    Known{"real_time", MetricClass::kTiming, false, "ns"},
    Known{"cpu_time", MetricClass::kTiming, false, "ns"},
    Known{"wall_time", MetricClass::kTiming, false, "ns"},
    Known{"cycles", MetricClass::kTiming, false, "cycles/iteration"},
    Known{"CYCLES", MetricClass::kTiming, false, "cycles/iteration"},
    Known{"cpi", MetricClass::kTiming, false, "cycles/instruction"},
    Known{"items_per_second", MetricClass::kTiming, true, "items/s"},
    Known{"bytes_per_second", MetricClass::kTiming, true, "B/s"},
    Known{"frequency", MetricClass::kTiming, true, "GHz"},
    Known{"ipc", MetricClass::kTiming, true, "instructions/cycle"},
    Known{"instructions", MetricClass::kNearExact, false, "instructions/iteration"},
    Known{"INSTRUCTIONS", MetricClass::kNearExact, false, "instructions/iteration"},
    Known{"branches", MetricClass::kNearExact, false, "branches/iteration"},
    Known{"BRANCHES", MetricClass::kNearExact, false, "branches/iteration"},
    Known{"branches_pki", MetricClass::kNearExact, false, "branches/1000 instructions"},
    Known{"allocs_per_iter", MetricClass::kExact, false, "allocations/iteration"},
    Known{"total_allocated_bytes", MetricClass::kExact, false, "B"},
    Known{"net_heap_growth", MetricClass::kExact, false, "B"},
    Known{"max_bytes_used", MetricClass::kExact, false, "B"},
    Known{"binary_size", MetricClass::kExact, false, "B"},
    Known{"retiring", MetricClass::kNoisy, true, "% of slots"},
    Known{"bad_speculation", MetricClass::kNoisy, false, "% of slots"},
    Known{"frontend_bound", MetricClass::kNoisy, false, "% of slots"},
    Known{"backend_bound", MetricClass::kNoisy, false, "% of slots"},
};

}  // namespace

MetricKind KindOf(std::string_view metric, bool is_gate) {
  const auto* known = std::find_if(kKnown.begin(), kKnown.end(),
                                   [&](const Known& row) { return row.name == metric; });
  MetricKind kind;
  if (known != kKnown.end()) {
    kind = {known->metric_class, known->higher_is_better, std::string(known->unit)};
  } else if (metric.ends_with("_per_second")) {
    kind = {MetricClass::kTiming, true, "1/s"};
  } else if (metric.ends_with("_mpki")) {
    kind.unit = "misses/1000 instructions";
  }
  if (is_gate && kind.metric_class == MetricClass::kNoisy) kind.metric_class = MetricClass::kTiming;
  return kind;
}

}  // namespace pmubench::compare
