// What `pgo run` found, for people, pull requests and programs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/pgo_measure.h"
#include "reports/statistics/hodges_lehmann.h"

namespace pmubench {

struct VariantResult {
  std::string name;
  statistics::RatioEstimate time{1, 1, 1};  ///< to the base
  std::optional<InstructionCounts> counts;
  std::string counts_reason;
  std::map<std::string, double> metrics;  ///< of the PMU; empty: not measured
  bool same_output = true;
};

/// How far the base moves by the order of its functions alone.
struct LayoutFloor {
  std::vector<double> ratios;         ///< of the shuffled builds; empty: not measured
  [[nodiscard]] double low() const;   ///< at most 1
  [[nodiscard]] double high() const;  ///< at least 1
};

enum class PgoVerdict { kFaster, kSlower, kInsideFloor, kUndecided, kTooFewRounds, kWrongOutput };

/// Faster or slower only where the whole interval lies outside the floor. Pure.
[[nodiscard]] PgoVerdict Judge(const VariantResult& variant, const LayoutFloor& floor);
[[nodiscard]] std::string ToString(PgoVerdict verdict);

struct PgoReport {
  std::string program;
  std::string compiler;
  std::string source;  ///< of the branches
  std::uint64_t stacks = 0;
  std::uint64_t taken = 0;
  std::string measure;  ///< "CPU time", ...
  int rounds = 0;
  std::optional<InstructionCounts> base_counts;
  std::map<std::string, double> base_metrics;
  std::map<std::string, std::string> metric_units;  ///< of the PMU metrics; empty: none measured
  LayoutFloor floor;
  std::vector<VariantResult> variants;
  std::vector<std::string> notes;
};

/// A Markdown table with a line of context above and verdicts below.
[[nodiscard]] std::string ToMarkdown(const PgoReport& report);
[[nodiscard]] std::string ToJson(const PgoReport& report);

}  // namespace pmubench
