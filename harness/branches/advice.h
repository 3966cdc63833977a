// Whether the metrics of a benchmark say that PGO would pay: published thresholds, applied one by
// one and shown with their source.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pmubench {

enum class Outlook { kUnknown, kUnlikely, kPossible, kLikely };

[[nodiscard]] std::string ToString(Outlook outlook);

/// Names of the metrics that are used: the catalogue's, and fetch_latency and icache_misses (in %)
/// of Intel's top-down tree.
[[nodiscard]] const std::vector<std::string>& AdviceMetrics();

/// Shares are in %. frontend_stalled_cycles stands in for frontend_bound, l1i_tlb_mpki for
/// itlb_mpki.
struct AdviceInput {
  std::map<std::string, double> metrics;
  std::map<std::string, std::string> missing;  ///< why a metric has no value, by name
  int width = 4;                               ///< instructions the core can take in a cycle
};

/// One threshold, applied.
struct AdviceFinding {
  std::string metric;
  std::optional<double> value;
  std::string condition;  ///< "> 10 %"
  bool met = false;
  std::string source;  ///< who says so
  std::string reason;  ///< why there is no value
};

/// Layout (BOLT, function ordering) and compiler PGO apart: what the front end does predicts the
/// first only.
struct Advice {
  Outlook layout = Outlook::kUnknown;
  std::string layout_why;
  Outlook compiler = Outlook::kUnknown;
  std::string compiler_why;
  std::vector<AdviceFinding> findings;
  std::vector<std::string> not_known;
};

/// Pure.
[[nodiscard]] Advice Advise(const AdviceInput& input);

}  // namespace pmubench
