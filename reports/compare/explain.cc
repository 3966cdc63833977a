#include "reports/compare/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pmubench::compare {
namespace {

using statistics::Verdict;

constexpr std::array<std::string_view, 4> kBuckets = {"retiring", "bad_speculation",
                                                      "frontend_bound", "backend_bound"};
// Said by the iron law already.
constexpr std::array<std::string_view, 12> kSplit = {
    "real_time", "cpu_time", "wall_time", "instructions", "INSTRUCTIONS",     "cycles",
    "CYCLES",    "cpi",      "ipc",       "frequency",    "items_per_second", "bytes_per_second"};
constexpr std::size_t kMoversInASentence = 2;

template <std::size_t kCount>
bool Among(const std::array<std::string_view, kCount>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<double> RatioOf(const BenchmarkComparison& benchmark,
                              std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const MetricComparison* metric = benchmark.Find(name);
    if (metric != nullptr && metric->evidence.ratio) return metric->evidence.ratio;
  }
  return std::nullopt;
}

// The gate that tells of speed; else the first gate.
const MetricComparison* Headline(const BenchmarkComparison& benchmark) {
  const MetricComparison* first = nullptr;
  for (const MetricComparison& metric : benchmark.metrics) {
    if (!metric.gate) continue;
    if (first == nullptr) first = &metric;
    if (metric.verdict == benchmark.verdict) return &metric;
  }
  return first;
}

bool IsTime(std::string_view metric) {
  return metric == "real_time" || metric == "cpu_time" || metric == "wall_time";
}

std::string Interval(const MetricComparison& metric) {
  const auto& evidence = metric.evidence;
  if (!evidence.low || !evidence.high || *evidence.low <= 0 || !std::isfinite(*evidence.high)) {
    return "";
  }
  return fmt::format(" ({} to {})", FormatChange(*evidence.low), FormatChange(*evidence.high));
}

std::string HeadlineText(const MetricComparison& metric) {
  const auto& evidence = metric.evidence;
  if (!evidence.ratio) {
    return fmt::format("{} {:.6g} -> {:.6g}", metric.name, evidence.base, evidence.now);
  }
  return fmt::format("{} {}{}", metric.name, FormatChange(*evidence.ratio), Interval(metric));
}

}  // namespace

std::string FormatChange(double ratio) {
  if (ratio >= 10) return fmt::format("x{:.1f}", ratio);
  const double percent = 100 * (ratio - 1);
  const double size = std::fabs(percent);
  // Two figures, and no more than a ten-thousandth of a percent.
  const int digits = size >= 9.95 ? 0 : size >= 0.095 ? 1 : size >= 0.0095 ? 2 : 4;
  if (size < 0.00005) return "0 %";
  return fmt::format("{:+.{}f} %", percent, digits);
}

IronLawRatios RatiosOf(const BenchmarkComparison& benchmark) {
  IronLawRatios law;
  law.time = RatioOf(benchmark, {"wall_time"});
  if (!law.time) {
    const MetricComparison* headline = Headline(benchmark);
    law.time = headline != nullptr && IsTime(headline->name)
                   ? headline->evidence.ratio
                   : RatioOf(benchmark, {"cpu_time", "real_time"});
  }
  law.instructions = RatioOf(benchmark, {"instructions", "INSTRUCTIONS"});
  law.cpi = RatioOf(benchmark, {"cpi"});
  if (const auto ipc = RatioOf(benchmark, {"ipc"}); !law.cpi && ipc) law.cpi = 1 / *ipc;
  const auto cycles = RatioOf(benchmark, {"cycles", "CYCLES"});
  if (!law.cpi && cycles && law.instructions) law.cpi = *cycles / *law.instructions;
  law.frequency = RatioOf(benchmark, {"frequency"});
  return law;
}

std::optional<BucketMove> MovedBucket(const BenchmarkComparison& benchmark) {
  const double sign = benchmark.verdict == Verdict::kBetter ? -1 : 1;
  std::optional<BucketMove> moved;
  for (const MetricComparison& metric : benchmark.metrics) {
    if (!Among(kBuckets, metric.name)) continue;
    const double move = sign * (metric.evidence.now - metric.evidence.base);
    if (move > 0 && (!moved || move > sign * (moved->now - moved->base))) {
      moved = {metric.name, metric.kind.unit, metric.evidence.base, metric.evidence.now};
    }
  }
  return moved;
}

std::vector<const MetricComparison*> Movers(const BenchmarkComparison& benchmark,
                                            std::size_t most) {
  std::vector<const MetricComparison*> movers;
  for (const MetricComparison& metric : benchmark.metrics) {
    const bool differs = metric.verdict == Verdict::kWorse || metric.verdict == Verdict::kBetter;
    if (!differs || !metric.evidence.ratio) continue;
    if (Among(kBuckets, metric.name) || Among(kSplit, metric.name)) continue;
    movers.push_back(&metric);
  }
  std::stable_sort(movers.begin(), movers.end(), [](const auto* a, const auto* b) {
    return std::fabs(std::log(*a->evidence.ratio)) > std::fabs(std::log(*b->evidence.ratio));
  });
  if (movers.size() > most) movers.resize(most);
  return movers;
}

std::string Explain(const BenchmarkComparison& benchmark) {
  const MetricComparison* headline = Headline(benchmark);
  if (headline == nullptr) return "";
  std::string text = HeadlineText(*headline);
  const IronLawRatios law = RatiosOf(benchmark);
  std::string factors;
  const auto add = [&](const std::optional<double>& ratio, const char* name) {
    if (!ratio || headline->name == name) return;
    factors += fmt::format("{}{} {}", factors.empty() ? ": " : ", ", name, FormatChange(*ratio));
  };
  add(law.instructions, "instructions");
  add(law.cpi, "cycles/instruction");
  add(law.frequency, "frequency");
  text += factors;
  if (const auto bucket = MovedBucket(benchmark)) {
    text += fmt::format("; {} {:.1f} -> {:.1f} {}", bucket->metric, bucket->base, bucket->now,
                        bucket->unit);
  }
  for (const MetricComparison* mover : Movers(benchmark, kMoversInASentence)) {
    text += fmt::format("; {} {}", mover->name, FormatChange(*mover->evidence.ratio));
  }
  return text;
}

}  // namespace pmubench::compare
