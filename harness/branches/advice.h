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

/// Metrics by the catalogue's names. Used: frontend_bound, frontend_stalled_cycles (both in %),
/// l1i_mpki, itlb_mpki (or l1i_tlb_mpki), branch_mpki, taken_branches_pki, backend_bound, and of
/// Intel's top-down tree, where given, fetch_latency and icache_misses (in %).
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
/// first only. A parser without any L1I miss gained 17 to 19 % from compiler PGO.
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
