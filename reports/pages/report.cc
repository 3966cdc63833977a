#include "reports/pages/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace pmubench::pages {
namespace {

double Size(const BenchmarkReport& benchmark) {
  const MetricLine* main = MainMetric(benchmark);
  return main != nullptr && main->change ? std::fabs(*main->change) : 0;
}

}  // namespace

std::size_t CountOf(const Report& report, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(report.benchmarks.begin(), report.benchmarks.end(),
                    [&](const BenchmarkReport& one) { return one.verdict == verdict; }));
}

bool NeedsAttention(const BenchmarkReport& benchmark) {
  switch (benchmark.verdict) {
    case Verdict::kRegression:
    case Verdict::kImprovement:
    case Verdict::kEnvironment:
    case Verdict::kInconclusive:
    case Verdict::kNotMeasured:
      return true;
    case Verdict::kAdded:
    case Verdict::kRemoved:
    case Verdict::kUnchanged:
      break;
  }
  return false;
}

int Rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRegression:
      return 0;
    case Verdict::kNotMeasured:
      return 1;
    case Verdict::kEnvironment:
      return 2;
    case Verdict::kInconclusive:
      return 3;
    case Verdict::kImprovement:
      return 4;
    case Verdict::kAdded:
      return 5;
    case Verdict::kRemoved:
      return 6;
    case Verdict::kUnchanged:
      break;
  }
  return 7;
}

std::vector<std::size_t> Order(const Report& report) {
  std::vector<std::size_t> order(report.benchmarks.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto key = [&](std::size_t i) {
    const BenchmarkReport& one = report.benchmarks[i];
    // Unchanged ones by name alone: their order by noise would tell nothing.
    const double size = NeedsAttention(one) ? -Size(one) : 0;
    return std::tuple(Rank(one.verdict), size, std::cref(one.name), i);
  };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto [rank_a, size_a, name_a, at_a] = key(a);
    const auto [rank_b, size_b, name_b, at_b] = key(b);
    return std::tie(rank_a, size_a, name_a.get(), at_a) <
           std::tie(rank_b, size_b, name_b.get(), at_b);
  });
  return order;
}

std::string Summary(const Report& report) {
  struct Part {
    Verdict verdict;
    const char* one;
    const char* many;
  };
  constexpr Part kParts[] = {
      {Verdict::kRegression, "regression", "regressions"},
      {Verdict::kNotMeasured, "not measured", "not measured"},
      {Verdict::kEnvironment, "by the environment", "by the environment"},
      {Verdict::kInconclusive, "inconclusive", "inconclusive"},
      {Verdict::kImprovement, "improvement", "improvements"},
      {Verdict::kAdded, "added", "added"},
      {Verdict::kRemoved, "removed", "removed"},
      {Verdict::kUnchanged, "unchanged", "unchanged"},
  };
  std::string summary;
  for (const Part& part : kParts) {
    const std::size_t count = CountOf(report, part.verdict);
    if (count == 0 && part.verdict != Verdict::kRegression) continue;
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", count,
                           count == 1 ? part.one : part.many);
  }
  return summary;
}

const MetricLine* MainMetric(const BenchmarkReport& benchmark) {
  const MetricLine* main = nullptr;
  for (const MetricLine& line : benchmark.metrics) {
    if (!line.gate) continue;
    const auto key = [&](const MetricLine& one) {
      return std::tuple(one.verdict == benchmark.verdict ? 1 : 0,
                        std::fabs(one.change.value_or(0)));
    };
    // Of equals the first: time stands before instructions.
    if (main == nullptr || key(line) > key(*main)) main = &line;
  }
  if (main == nullptr && !benchmark.metrics.empty()) main = &benchmark.metrics.front();
  return main;
}

const MetricLine* FindMetric(const BenchmarkReport& benchmark, const std::string& name) {
  for (const MetricLine& line : benchmark.metrics) {
    if (line.name == name) return &line;
  }
  return nullptr;
}

}  // namespace pmubench::pages
