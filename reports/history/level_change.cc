#include "reports/history/level_change.h"

#include <algorithm>
#include <span>

#include "reports/compare/family.h"
#include "reports/history/nightly.h"
#include "reports/statistics/order.h"

namespace pmubench::history {
namespace {

// What came long before tells little of the level that was left.
constexpr std::size_t kMostNights = 30;

struct Levels {
  std::vector<double> before, after;
};

}  // namespace

compare::BenchmarkComparison CompareLevels(const BenchmarkSeries& benchmark, std::size_t from,
                                           std::size_t step) {
  compare::BenchmarkComparison comparison{
      benchmark.benchmark, {}, statistics::Verdict::kInconclusive};
  if (step > kMostNights) from = std::max(from, step - kMostNights);
  std::vector<Levels> levels;
  for (const bool gates : {true, false}) {
    for (const MetricSeries& series : benchmark.metrics) {
      const bool gate = IsGate(benchmark, series.metric.name);
      const std::span values(series.values);
      Levels one{statistics::Finite(values.subspan(from, step - from)),
                 statistics::Finite(values.subspan(step))};
      if (gate != gates || one.before.empty() || one.after.empty()) continue;
      compare::MetricComparison metric;
      metric.name = series.metric.name;
      metric.gate = gate;
      metric.kind = compare::KindOf(metric.name, gate);
      metric.kind.unit = series.metric.unit;
      comparison.metrics.push_back(std::move(metric));
      levels.push_back(std::move(one));
    }
  }
  std::vector<compare::FamilyMember> family;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    family.push_back(
        {&comparison.name, &comparison.metrics[i], &levels[i].before, &levels[i].after});
  }
  compare::Judge(family, {});
  for (const compare::MetricComparison& metric : comparison.metrics) {
    const bool changed = metric.verdict == statistics::Verdict::kWorse ||
                         metric.verdict == statistics::Verdict::kBetter;
    if (!metric.gate || !changed) continue;
    comparison.verdict = metric.verdict;
    if (metric.verdict == statistics::Verdict::kWorse) break;
  }
  return comparison;
}

}  // namespace pmubench::history
