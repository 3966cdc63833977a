#include "reports/pages/night_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "reports/history/events.h"
#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

using history::Rerun;

bool IsChange(Verdict verdict) {
  return verdict == Verdict::kRegression || verdict == Verdict::kImprovement;
}

bool IsTime(std::string_view metric) { return metric.ends_with("_time"); }

std::vector<BenchmarkReport> TakeCanaries(Report& report) {
  const auto first = std::stable_partition(
      report.benchmarks.begin(), report.benchmarks.end(),
      [](const BenchmarkReport& benchmark) { return !history::IsCanary(benchmark.name); });
  std::vector<BenchmarkReport> canaries(std::make_move_iterator(first),
                                        std::make_move_iterator(report.benchmarks.end()));
  report.benchmarks.erase(first, report.benchmarks.end());
  return canaries;
}

/// Outside of its band, and not measured again.
bool IsSuspect(const MetricLine& line) {
  return line.value && line.band_low && line.band_high && line.rerun.empty() &&
         (*line.value < *line.band_low || *line.value > *line.band_high);
}

void Blame(const std::vector<std::string>& canary_moved, MetricLine& line) {
  if (!line.gate || (!IsChange(line.verdict) && !IsSuspect(line))) return;
  const bool same = std::any_of(canary_moved.begin(), canary_moved.end(),
                                [&](const auto& moved) { return SameKind(moved, line.name); });
  if (same) line.verdict = Verdict::kEnvironment;
}

void JudgeCanaries(const std::vector<BenchmarkReport>& canaries, Report& report) {
  report.canary = CanaryState::kUnknown;
  for (const BenchmarkReport& canary : canaries) {
    for (const MetricLine& line : canary.metrics) {
      if (!line.gate) continue;
      if (line.compared || line.band_low) report.canary = CanaryState::kStable;
      if (IsChange(line.verdict)) report.canary_moved.push_back(line.name);
    }
  }
  std::sort(report.canary_moved.begin(), report.canary_moved.end());
  report.canary_moved.erase(std::unique(report.canary_moved.begin(), report.canary_moved.end()),
                            report.canary_moved.end());
  if (!report.canary_moved.empty()) report.canary = CanaryState::kMoved;
}

}  // namespace

bool SameKind(std::string_view a, std::string_view b) { return a == b || (IsTime(a) && IsTime(b)); }

Verdict JudgeGate(const GateFacts& facts) {
  const Verdict direction = facts.worse ? Verdict::kRegression : Verdict::kImprovement;
  const bool confirmed = facts.outside && facts.rerun == Rerun::kConfirmed;
  const Verdict compared = facts.compared.value_or(Verdict::kUnchanged);
  if (!facts.has_band) return compared;
  if (facts.in_turns && facts.compared) {
    return compared == Verdict::kInconclusive && confirmed ? direction : compared;
  }
  if (!facts.outside) return IsChange(compared) ? Verdict::kInconclusive : compared;
  if (!facts.rerun || facts.rerun == Rerun::kInconclusive) return Verdict::kInconclusive;
  if (facts.rerun == Rerun::kNoise) {
    return IsChange(compared) ? Verdict::kInconclusive : Verdict::kUnchanged;
  }
  // Confirmed: whatever the baseline's launches were too few to tell is told by the band.
  const bool told = facts.compared && compared != Verdict::kInconclusive;
  return told ? compared : direction;
}

std::string DescribeGate(const GateFacts& facts, const std::string& metric, const std::string& unit,
                         const std::optional<history::Band>& band, bool above) {
  if (!facts.has_band || !band) return "";
  const std::string range =
      fmt::format("{} to {}", FormatValue(band->low, unit), FormatValue(band->high, unit));
  const Verdict compared = facts.compared.value_or(Verdict::kUnchanged);
  if (!facts.outside) {
    if (facts.in_turns || !IsChange(compared)) return "";
    return fmt::format("{} is inside its band, {}: nights differ as much without a change.", metric,
                       range);
  }
  const std::string where =
      fmt::format("{} was {} its band, {}", metric, above ? "above" : "below", range);
  if (!facts.rerun) return where + "; it was not measured again.";
  switch (*facts.rerun) {
    case Rerun::kNoise:
      return where + "; measured again it was not: noise.";
    case Rerun::kInconclusive:
      return where + "; measured again it was neither clearly inside nor outside: inconclusive.";
    case Rerun::kConfirmed:
      break;
  }
  const bool older = facts.compared && compared == Verdict::kUnchanged;
  return where + "; measured again it still was: confirmed." +
         (older ? " The baseline was there already: an earlier change." : "");
}

void AddSentence(const std::string& sentence, BenchmarkReport& benchmark) {
  if (sentence.empty()) return;
  std::string& text = benchmark.explanation;
  if (!text.empty()) text += text.ends_with('.') ? " " : ". ";
  text += sentence;
}

Verdict VerdictOfGates(const BenchmarkReport& benchmark) {
  Verdict verdict = Verdict::kUnchanged;
  for (const MetricLine& line : benchmark.metrics) {
    if (line.gate && Rank(line.verdict) < Rank(verdict)) verdict = line.verdict;
  }
  return verdict;
}

void SettleEnvironment(Report& report, bool in_turns) {
  std::vector<BenchmarkReport> canaries = TakeCanaries(report);
  // Without a figure it is in the baseline only.
  std::erase_if(canaries, [](const BenchmarkReport& canary) { return canary.metrics.empty(); });
  if (canaries.empty()) return;
  JudgeCanaries(canaries, report);
  report.facts.emplace_back("canary", CanaryName(report.canary));
  if (report.canary != CanaryState::kMoved) return;
  const std::string moved = fmt::format("the canary, a fixed program, moved too ({})",
                                        fmt::join(report.canary_moved, ", "));
  if (in_turns) {
    report.warnings.push_back(moved +
                              ": the environment changed; both sides were launched in turns in "
                              "it, so their comparison stands");
    return;
  }
  report.warnings.push_back(moved +
                            ": the environment changed, so no change of this kind is charged to "
                            "the code");
  for (BenchmarkReport& benchmark : report.benchmarks) {
    if (!IsChange(benchmark.verdict) && benchmark.verdict != Verdict::kInconclusive) continue;
    for (MetricLine& line : benchmark.metrics) Blame(report.canary_moved, line);
    benchmark.verdict = VerdictOfGates(benchmark);
    if (benchmark.verdict == Verdict::kEnvironment) {
      AddSentence("Environment: the canary moved too.", benchmark);
    }
  }
}

}  // namespace pmubench::pages
