#include "reports/analysis/bottleneck.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "reports/analysis/cpi_stack.h"
#include "reports/analysis/iron_law.h"
#include "reports/analysis/topdown.h"

namespace pmubench {
namespace {

/// How a metric is said in a sentence.
struct Evidence {
  std::string_view category;  ///< the part of the top-down it speaks for
  const char* metric;
  const char* format;  ///< of its value
};

constexpr std::array kEvidence = {
    Evidence{"backend_bound", "llc_mpki", "{:.1f} LLC MPKI"},
    Evidence{"backend_bound", "l2_mpki", "{:.1f} L2 MPKI"},
    Evidence{"backend_bound", "l1d_mpki", "{:.1f} L1D MPKI"},
    Evidence{"backend_bound", "dtlb_mpki", "{:.2f} data page-table walks per 1000 instructions"},
    Evidence{"backend_bound", "bandwidth_percentage", "{:.0f} % of attainable bandwidth"},
    Evidence{"frontend_bound", "l1i_mpki", "{:.1f} L1I MPKI"},
    Evidence{"frontend_bound", "itlb_mpki",
             "{:.2f} instruction page-table walks per 1000 instructions"},
    Evidence{"frontend_bound", "taken_branches_pki", "{:.0f} taken branches per 1000 instructions"},
    Evidence{"bad_speculation", "branch_mpki", "{:.1f} mispredictions per 1000 instructions"},
    Evidence{"bad_speculation", "branch_miss_ratio", "{:.3f} of the branches mispredicted"},
    Evidence{"retiring", "ipc", "{:.2f} instructions per cycle"},
    Evidence{"retiring", "fp_vector_percentage", "{:.0f} % of floating point in vectors"},
};

/// Of several caches only the outermost that is missed at all is worth saying.
bool SaysNothing(const Evidence& evidence, double value, const std::vector<std::string>& said) {
  const bool inner_cache = std::string_view(evidence.metric) == "l2_mpki" ||
                           std::string_view(evidence.metric) == "l1d_mpki";
  return value == 0 || (inner_cache && !said.empty());
}

std::string EvidenceFor(std::string_view category, const AnalysisInput& table) {
  std::vector<std::string> said;
  for (const Evidence& evidence : kEvidence) {
    if (evidence.category != category) continue;
    const auto value = table.Number(evidence.metric);
    if (!value || SaysNothing(evidence, *value, said)) continue;
    said.push_back(fmt::format(fmt::runtime(evidence.format), *value));
  }
  return fmt::format("{}", fmt::join(said, ", "));
}

/// The largest part that has a number; null where none has.
const TopDownPart* Largest(const std::vector<TopDownPart>& parts) {
  const TopDownPart* largest = nullptr;
  for (const TopDownPart& part : parts) {
    if (part.percent && (largest == nullptr || *part.percent > *largest->percent)) largest = &part;
  }
  return largest;
}

std::string Unsaid(const TopDown& topdown) {
  for (const TopDownPart& part : topdown.parts) {
    if (!part.percent) {
      return fmt::format("no bottleneck can be named: {}: {}; measure the metric set topdown",
                         part.name, part.reason);
    }
  }
  return "no bottleneck can be named; measure the metric set topdown";
}

/// "CPI, memory +0.21 of +0.22 cycles/instruction" for the part that changed most.
std::string CpiChange(const AnalysisInput& before, const AnalysisInput& after) {
  const auto from = CpiStackOf(before);
  const auto to = CpiStackOf(after);
  if (!from || !to) return "";
  const CpiPart* most = nullptr;
  double change = 0;
  for (const CpiPart& part : to->parts) {
    const auto old = before.Number(part.name);
    if (!old || std::abs(part.cpi - *old) <= std::abs(change)) continue;
    change = part.cpi - *old;
    most = &part;
  }
  if (most == nullptr) return "";
  return fmt::format("of CPI, {} {:+.3f} of {:+.3f} cycles/instruction", most->title, change,
                     to->cpi - from->cpi);
}

/// Misses by instructions whose change times its likely cost is the largest: the metric with the
/// largest change in misses per 1000 instructions.
std::string MissesThatMoved(const AnalysisInput& before, const AnalysisInput& after) {
  std::string most;
  double change = 0.05;  // misses per 1000 instructions: less explains nothing
  for (const auto& [name, metric] : after.metrics) {
    const auto old = before.Number(name);
    if (!name.ends_with("_mpki") || !metric.value || !old) continue;
    if (std::abs(*metric.value - *old) <= change) continue;
    change = std::abs(*metric.value - *old);
    most = fmt::format("{} {:.2f} -> {:.2f}", name, *old, *metric.value);
  }
  return most;
}

}  // namespace

Bottleneck BottleneckOf(const AnalysisInput& table) {
  const TopDown topdown = TopDownOf(table);
  const TopDownPart* part = topdown.sum ? Largest(topdown.parts) : nullptr;
  if (part == nullptr) return {"", 0, Unsaid(topdown)};
  Bottleneck result{part->name, *part->percent,
                    fmt::format("{:.0f} % {}", *part->percent, part->title)};
  if (const TopDownPart* child = Largest(part->parts)) {
    result.category = child->name;
    result.sentence += fmt::format(", of which {} {:.0f} %", child->title, *child->percent);
  }
  const std::string evidence = EvidenceFor(part->name, table);
  if (!evidence.empty()) result.sentence += ": " + evidence;
  if (part->note.starts_with("approximate")) result.sentence += " (approximate)";
  return result;
}

std::string ExplainChange(const AnalysisInput& before, const AnalysisInput& after) {
  const auto from = IronLawOf(before);
  if (!from) return "before: " + from.error().message;
  const auto to = IronLawOf(after);
  if (!to) return "after: " + to.error().message;
  const IronLawChange change = Compare(*from, *to);
  std::vector<std::string> factors;
  for (const FactorChange& factor : change.factors) {
    factors.push_back(fmt::format("{} {:+.1f}", factor.name, factor.points));
  }
  std::string text = fmt::format("CPU time {:+.1f} %: {} points", 100 * (change.time_ratio - 1),
                                 fmt::join(factors, ", "));
  for (const std::string& more : {CpiChange(before, after), MissesThatMoved(before, after)}) {
    if (!more.empty()) text += "; " + more;
  }
  return text;
}

}  // namespace pmubench
