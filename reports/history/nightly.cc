#include "reports/history/nightly.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <span>
#include <thread>

#include "reports/compare/compare.h"
#include "reports/compare/metric_kind.h"
#include "reports/statistics/multiplicity.h"
#include "reports/statistics/order.h"

namespace pmubench::history {
namespace {

void FindSteps(const std::vector<double>& values, double floor, const NightlyOptions& options,
               SeriesState& state) {
  const std::size_t first = values.size() > options.window ? values.size() - options.window : 0;
  changepoints::DetectOptions detect = options.detect;
  detect.clipped_cusum.minimum_effect = std::max(detect.clipped_cusum.minimum_effect, floor);
  detect.e_divisive.minimum_effect = std::max(detect.e_divisive.minimum_effect, floor);
  state.points = changepoints::Detect(std::span(values).subspan(first), detect).points;
  for (changepoints::ChangePoint& point : state.points) point.index += first;
  state.segment = first;
}

/// The level before tonight, and where tonight's value stands to it.
void Place(const std::vector<double>& values, double floor, SeriesState& state) {
  if (!state.points.empty()) state.segment = state.points.back().index;
  if (values.empty() || state.segment + 1 > values.size()) return;
  const std::span<const double> level =
      std::span(values).subspan(state.segment, values.size() - 1 - state.segment);
  BandOptions options;
  options.floor = floor;
  state.band = SegmentBand(level, options);
  if (!state.band) return;
  if (std::isfinite(values.back())) state.tonight = SideOf(*state.band, values.back());
  const double spread = statistics::MadSigma(statistics::Finite(level));
  if (std::isfinite(spread) && state.band->center != 0) {
    state.noise = spread / std::fabs(state.band->center);
  }
}

double FloorOf(const std::string& metric, bool gate) {
  return statistics::DefaultFloor(compare::KindOf(metric, gate).metric_class);
}

const MetricSeries& SeriesOf(const SeriesTable& table, const SeriesState& state) {
  return table.benchmarks[state.benchmark].metrics[state.metric];
}

void ForEach(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  std::atomic<std::size_t> next = 0;
  const auto loop = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(loop);
  loop();
}

/// Steps of gate series that are too likely by chance, given how many series were searched.
void DropChance(std::vector<SeriesState>& series, double rate) {
  std::vector<double> strongest;
  for (const SeriesState& state : series) {
    if (!state.gate || state.canary) continue;
    double p = 1;
    for (const auto& point : state.points) p = std::min(p, point.p);
    strongest.push_back(p);
  }
  const std::vector<double> q = statistics::BenjaminiHochberg(strongest);
  double largest = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (q[i] <= rate) largest = std::max(largest, strongest[i]);
  }
  for (SeriesState& state : series) {
    if (!state.gate || state.canary) continue;
    std::erase_if(state.points, [&](const auto& point) { return point.p > largest; });
  }
}

}  // namespace

bool IsGate(const BenchmarkSeries& benchmark, const std::string& metric) {
  if (metric == "instructions" || metric == "INSTRUCTIONS") return true;
  compare::MetricValues times;
  for (const MetricSeries& series : benchmark.metrics) {
    if (series.metric.name.ends_with("_time")) times[series.metric.name] = {1};
  }
  return !times.empty() && metric == compare::TimeMetric(benchmark.benchmark, times);
}

bool IsWorse(const std::string& metric, double relative_change) {
  return compare::KindOf(metric, true).higher_is_better ? relative_change < 0 : relative_change > 0;
}

Nightly AnalyzeNight(const SeriesTable& table, const NightlyOptions& options) {
  Nightly night;
  for (std::size_t b = 0; b < table.benchmarks.size(); ++b) {
    const BenchmarkSeries& benchmark = table.benchmarks[b];
    for (std::size_t m = 0; m < benchmark.metrics.size(); ++m) {
      SeriesState state;
      state.benchmark = b;
      state.metric = m;
      state.gate = IsGate(benchmark, benchmark.metrics[m].metric.name);
      state.canary = IsCanary(benchmark.benchmark);
      night.series.push_back(std::move(state));
    }
  }
  ForEach(night.series.size(), options.threads, [&](std::size_t i) {
    SeriesState& state = night.series[i];
    const MetricSeries& series = SeriesOf(table, state);
    FindSteps(series.values, FloorOf(series.metric.name, state.gate), options, state);
  });
  DropChance(night.series, options.false_discovery_rate);
  ForEach(night.series.size(), options.threads, [&](std::size_t i) {
    SeriesState& state = night.series[i];
    const MetricSeries& series = SeriesOf(table, state);
    Place(series.values, FloorOf(series.metric.name, state.gate), state);
  });
  std::vector<SeriesChange> changes;
  for (const SeriesState& state : night.series) {
    if (!state.gate) continue;
    for (const auto& point : state.points) {
      changes.push_back({table.benchmarks[state.benchmark].benchmark,
                         SeriesOf(table, state).metric.name, point.index, point.relative_change,
                         state.canary});
    }
  }
  night.events = GroupEvents(std::move(changes), options.tolerance);
  return night;
}

}  // namespace pmubench::history
