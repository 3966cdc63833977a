#include "catalogue/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace pmubench {
namespace {

/// A metric's events over one run: turns that hold all of them, laid together.
struct RunCounts {
  std::map<std::string, EventCount> events;
  const Measurement* quantities = nullptr;
};

bool HoldsAll(const Measurement& measurement, const CatalogueMetric& metric) {
  return std::all_of(metric.events.begin(), metric.events.end(), [&](const std::string& event) {
    const auto it = measurement.events.find(event);
    return it != measurement.events.end() && it->second.time_running_ns > 0;
  });
}

void AddTurn(const Measurement& turn, const CatalogueMetric& metric, RunCounts& run) {
  for (const std::string& name : metric.events) {
    const EventCount& more = turn.events.at(name);
    EventCount& sum = run.events[name];
    sum.count += more.count;
    sum.time_running_ns += more.time_running_ns;
    sum.time_enabled_ns = std::max(sum.time_enabled_ns, more.time_enabled_ns);
  }
  if (run.quantities == nullptr) run.quantities = &turn;
}

/// The runs in which the metric's events were counted together.
std::vector<RunCounts> CollectRuns(const CatalogueMetric& metric,
                                   const std::vector<Measurement>& measurements, int& used) {
  std::vector<RunCounts> runs;
  std::map<int, std::size_t> by_number;
  for (const Measurement& measurement : measurements) {
    if (!HoldsAll(measurement, metric)) continue;
    ++used;
    std::size_t index = runs.size();
    if (measurement.run >= 0) index = by_number.emplace(measurement.run, index).first->second;
    if (index == runs.size()) runs.emplace_back();
    AddTurn(measurement, metric, runs[index]);
  }
  return runs;
}

double Ratio(const EventCount& event) {
  return std::min(1.0, event.time_running_ns / event.time_enabled_ns);
}

/// The count, extrapolated to the whole time where it covers a part.
double Scaled(const EventCount& event) {
  const bool partial = event.time_running_ns < event.time_enabled_ns;
  return partial ? event.count * (event.time_enabled_ns / event.time_running_ns) : event.count;
}

Value Sum(const std::vector<const RunCounts*>& runs, const std::string& name) {
  double sum = 0;
  for (const RunCounts* run : runs) {
    if (!IsRunQuantity(name)) {
      sum += Scaled(run->events.at(name));
      continue;
    }
    const auto it = run->quantities->quantities.find(name);
    if (it == run->quantities->quantities.end()) return {std::nullopt, name + " is not known here"};
    if (!it->second.number) return it->second;
    sum += *it->second.number;
  }
  return {sum, ""};
}

Value Evaluate(const CatalogueMetric& metric, const std::vector<const RunCounts*>& runs) {
  return metric.formula.Evaluate(
      [&runs](std::string_view name) { return Sum(runs, std::string(name)); });
}

/// Why no run holds all events of the metric.
std::string WhyNot(const CatalogueMetric& metric, const std::vector<Measurement>& measurements,
                   const std::map<std::string, std::string>& missing) {
  for (const std::string& event : metric.events) {
    if (const auto it = missing.find(event); it != missing.end()) {
      const bool named = it->second.find(event) != std::string::npos;
      return named ? it->second : fmt::format("{}: {}", event, it->second);
    }
  }
  if (measurements.empty()) return "nothing was measured";
  for (const std::string& event : metric.events) {
    bool there = false;
    bool ran = false;
    for (const Measurement& measurement : measurements) {
      const auto it = measurement.events.find(event);
      if (it == measurement.events.end()) continue;
      there = true;
      if (it->second.time_running_ns > 0) ran = true;
    }
    if (!there) return event + " was not counted";
    if (!ran) return event + " never had a counter: another group or program held them all";
  }
  return "its events were never counted at the same time";
}

/// Share of the time of all runs in which the metric's least covered event was counted.
double SamplingRatio(const CatalogueMetric& metric, const std::vector<RunCounts>& runs) {
  double running = 0;
  double enabled = 0;
  for (const RunCounts& run : runs) {
    double ratio = 1;
    double time = 0;
    for (const std::string& name : metric.events) {
      const EventCount& event = run.events.at(name);
      if (event.time_enabled_ns <= 0) continue;
      ratio = std::min(ratio, Ratio(event));
      time = std::max(time, event.time_enabled_ns);
    }
    running += ratio * time;
    enabled += time;
  }
  return enabled > 0 ? running / enabled : 1;
}

void AddSpread(const std::vector<double>& values, MetricValue& result) {
  if (values.size() < 2) return;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double stddev = std::sqrt(squares / (n - 1));
  if (!std::isfinite(stddev)) return;
  result.min = *low;
  result.max = *high;
  result.mean = mean;
  result.stddev = stddev;
  if (mean != 0 && std::isfinite(stddev / mean)) result.cv = stddev / std::abs(mean);
}

}  // namespace

MetricValue EvaluateMetric(const CatalogueMetric& metric,
                           const std::vector<Measurement>& measurements,
                           const std::map<std::string, std::string>& missing) {
  MetricValue result;
  result.name = metric.name;
  result.unit = metric.unit;
  const std::vector<RunCounts> runs = CollectRuns(metric, measurements, result.measurements);
  if (runs.empty()) {
    result.value.reason = WhyNot(metric, measurements, missing);
    return result;
  }
  std::vector<const RunCounts*> all;
  std::vector<double> single;
  for (const RunCounts& run : runs) {
    all.push_back(&run);
    if (const Value value = Evaluate(metric, {&run}); value.number) single.push_back(*value.number);
  }
  result.value = Evaluate(metric, all);
  if (!metric.events.empty()) result.sampling_ratio = SamplingRatio(metric, runs);
  AddSpread(single, result);
  return result;
}

}  // namespace pmubench
