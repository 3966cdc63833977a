#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/compare/comparable.h"
#include "reports/compare/compare_output.h"
#include "reports/compare/explain.h"
#include "reports/store/json_text.h"

namespace pmubench::compare {
namespace {

using statistics::Verdict;
using store::Printable;

constexpr std::size_t kMostMovers = 6;
constexpr std::size_t kNameWidth = 44;

// Differ in shape, not by colour alone.
const char* Sign(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWorse:
      return "▲ worse";
    case Verdict::kBetter:
      return "▼ better";
    case Verdict::kEquivalent:
      return "= equivalent";
    case Verdict::kInconclusive:
      return "? inconclusive";
    case Verdict::kTooFew:
      return "? too few";
  }
  return "";
}

std::string Value(double value, const std::string& unit) {
  if (unit != "ns" || std::fabs(value) < 1000) return fmt::format("{:.4g} {}", value, unit);
  if (std::fabs(value) < 1e6) return fmt::format("{:.4g} us", value / 1e3);
  if (std::fabs(value) < 1e9) return fmt::format("{:.4g} ms", value / 1e6);
  return fmt::format("{:.4g} s", value / 1e9);
}

std::string Interval(const statistics::Evidence& evidence) {
  if (!evidence.low || !evidence.high) return "";
  if (*evidence.low <= 0 || !std::isfinite(*evidence.high)) return "(unbounded)";
  return fmt::format("({} to {})", FormatChange(*evidence.low), FormatChange(*evidence.high));
}

std::string MetricLine(const MetricComparison& metric, const char* indent) {
  const auto& evidence = metric.evidence;
  std::string line =
      fmt::format("{}{:<20} {:>12} -> {:<12}", indent, Printable(metric.name),
                  Value(evidence.base, metric.kind.unit), Value(evidence.now, metric.kind.unit));
  if (evidence.ratio) {
    line += fmt::format("  {:>8} {}", FormatChange(*evidence.ratio), Interval(evidence));
  }
  if (metric.q) line += fmt::format("  q {:.2g}", *metric.q);
  line += fmt::format("  {}", statistics::VerdictName(metric.verdict));
  if (!metric.reason.empty()) line += ": " + metric.reason;
  if (metric.verdict == Verdict::kInconclusive && metric.detectable &&
      std::isfinite(*metric.detectable)) {
    line += fmt::format("; from {:.1f} % on a change would show", 100 * *metric.detectable);
  }
  if (metric.kind.metric_class == statistics::MetricClass::kTiming && metric.historic_noise) {
    line += fmt::format("; floor {:.2g} %: nights differ by {:.2g} %", 100 * metric.floor,
                        100 * *metric.historic_noise);
  }
  return line + "\n";
}

/// The iron law's factors, in percent of the base's time: they add up to the change.
std::string Parts(const BenchmarkComparison& benchmark) {
  const auto change = Split(RatiosOf(benchmark), 1);
  if (!change) return "";
  std::string text = fmt::format("  of {:+.1f} %:", 100 * (change->time_ratio - 1));
  for (const FactorChange& factor : change->factors) {
    text += fmt::format("{} {} {:+.1f}", &factor == change->factors.data() ? "" : ",", factor.name,
                        factor.points);
  }
  return text + "\n";
}

std::string Section(const CompareResult& result, Verdict verdict) {
  std::string text;
  for (const BenchmarkComparison& benchmark : result.benchmarks) {
    if (benchmark.verdict != verdict || benchmark.metrics.empty()) continue;
    text += fmt::format("{:<{}} {}\n", Printable(benchmark.name), kNameWidth, Sign(verdict));
    for (const MetricComparison& metric : benchmark.metrics) {
      if (metric.gate) text += MetricLine(metric, "  ");
    }
    if (verdict != Verdict::kWorse && verdict != Verdict::kBetter) continue;
    text += fmt::format("  why: {}\n", Printable(Explain(benchmark)));
    text += Parts(benchmark);
    for (const MetricComparison* mover : Movers(benchmark, kMostMovers)) {
      if (!mover->gate) text += MetricLine(*mover, "    ");
    }
  }
  return text;
}

std::string Names(const std::vector<std::string>& names, const char* what) {
  if (names.empty()) return "";
  std::string text = fmt::format("{} ({}):", what, names.size());
  for (const std::string& name : names) text += " " + Printable(name);
  return text + "\n";
}

std::string Summary(const CompareResult& result) {
  std::string text;
  constexpr std::array kVerdicts = {Verdict::kWorse, Verdict::kBetter, Verdict::kInconclusive,
                                    Verdict::kTooFew, Verdict::kEquivalent};
  for (const Verdict verdict : kVerdicts) {
    const std::size_t count = result.Count(verdict);
    if (count == 0) continue;
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", count, statistics::VerdictName(verdict));
  }
  if (text.empty()) text = "no benchmark on both sides";
  const std::string launches =
      result.paired ? fmt::format("{} pairs of launches", result.base_launches)
                    : fmt::format("{} and {} launches", result.base_launches, result.new_launches);
  return fmt::format("{} | {}, {} gate metric{}, false discovery rate {:.3g}\n", text, launches,
                     result.family, result.family == 1 ? "" : "s", result.alpha);
}

}  // namespace

std::string ToText(const CompareResult& result, bool all) {
  std::string text;
  if (!result.fingerprint_differences.empty()) {
    text += "DIFFERENT MACHINES: " + Printable(Describe(result.fingerprint_differences)) + "\n";
  }
  for (const std::string& remark : result.remarks) text += "note: " + Printable(remark) + "\n";
  if (!text.empty()) text += "\n";
  for (const Verdict verdict :
       {Verdict::kWorse, Verdict::kTooFew, Verdict::kInconclusive, Verdict::kBetter}) {
    text += Section(result, verdict);
  }
  if (all) text += Section(result, Verdict::kEquivalent);
  for (const NotMeasured& item : result.not_measured) {
    text += fmt::format("{:<{}} ? not measured ({}): {}\n", Printable(item.benchmark), kNameWidth,
                        item.side, Printable(item.reason));
  }
  text += Names(result.removed, "only in base");
  text += Names(result.added, "only in new");
  return text + Summary(result);
}

}  // namespace pmubench::compare
