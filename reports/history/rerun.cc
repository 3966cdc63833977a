#include "reports/history/rerun.h"

#include "reports/statistics/order.h"

namespace pmubench::history {
namespace {

bool IsOutside(const SeriesState& state) { return state.gate && state.tonight != Side::kInside; }

}  // namespace

std::vector<std::string> OutsideTheirBand(const SeriesTable& table, const Nightly& night) {
  std::vector<std::string> names;
  for (const SeriesState& state : night.series) {
    const std::string& name = table.benchmarks[state.benchmark].benchmark;
    if (IsOutside(state) && (names.empty() || names.back() != name)) names.push_back(name);
  }
  return names;
}

std::vector<double> LaunchMedians(std::span<const compare::Launch> launches,
                                  const std::string& benchmark, const std::string& metric) {
  std::vector<double> medians;
  for (const compare::Launch& launch : launches) {
    const auto values = launch.values.find(benchmark);
    if (values == launch.values.end()) continue;
    const auto repetitions = values->second.find(metric);
    if (repetitions == values->second.end() || repetitions->second.empty()) continue;
    medians.push_back(statistics::Median(repetitions->second));
  }
  return medians;
}

void JudgeReruns(const SeriesTable& table, std::span<const compare::Launch> again,
                 std::span<const compare::Launch> reference, Nightly& night) {
  for (SeriesState& state : night.series) {
    if (!IsOutside(state)) continue;
    const BenchmarkSeries& benchmark = table.benchmarks[state.benchmark];
    const MetricSeries& series = benchmark.metrics[state.metric];
    const std::string& metric = series.metric.name;
    state.rerun = JudgeRerun(*state.band, series.values.back(),
                             LaunchMedians(again, benchmark.benchmark, metric),
                             LaunchMedians(reference, benchmark.benchmark, metric));
  }
}

}  // namespace pmubench::history
