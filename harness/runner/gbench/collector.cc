#include "runner/gbench/collector.h"

#include <algorithm>
#include <cmath>

#include "runner/gbench/compat.h"

namespace pmubench::gbench {
namespace {

bool IsAggregate(const Run& run) { return run.run_type == Run::RT_Aggregate; }

/// Metrics become user counters of the row; one without a number leaves its column empty.
void AddMetrics(Run& run, const std::vector<MetricValue>& metrics) {
  for (const MetricValue& metric : metrics) {
    if (metric.value.number) run.counters[metric.name] = benchmark::Counter(*metric.value.number);
  }
}

/// The aggregate's own statistic ("median", "stddev", ... or the user's) over the rounds' values.
void AddStatistic(Run& run, const std::string& metric, const std::vector<double>& values) {
  if (run.statistics == nullptr || values.empty()) return;
  for (const auto& statistic : *run.statistics) {
    if (statistic.name_ != run.aggregate_name) continue;
    const double value = statistic.compute_(values);
    if (std::isfinite(value)) run.counters[metric] = benchmark::Counter(value);
  }
}

/// Where only aggregates are reported, a later sweep's mean brings the counts of its pass.
void AddCounts(Instance& instance, const Repetition& later) {
  for (Repetition& aggregate : instance.aggregates) {
    if (aggregate.run.aggregate_name != later.run.aggregate_name) continue;
    aggregate.raw.insert(aggregate.raw.end(), later.raw.begin(), later.raw.end());
  }
}

}  // namespace

Collector::Collector(benchmark::BenchmarkReporter& display, CollectorOptions options)
    : display_(display), options_(std::move(options)) {}

bool Collector::ReportContext(const Context& context) {
  if (context_shown_) return true;
  context_shown_ = true;
  return display_.ReportContext(context);
}

Instance& Collector::Find(const std::string& name) {
  for (Instance& instance : instances_) {
    if (instance.name == name) return instance;
  }
  instances_.emplace_back().name = name;
  return instances_.back();
}

void Collector::ReportRuns(const std::vector<Run>& report) {
  for (const Run& run : report) {
    const bool of_family = run.report_big_o || run.report_rms;
    if (!of_family) last_instance_ = run.run_name.str();
    Instance& instance = Find(last_instance_);
    Repetition repetition{run, {}};
    repetition.raw = TakeRawCounts(repetition.run.counters);
    if (!IsAggregate(run)) {
      instance.repetitions.push_back(std::move(repetition));
    } else if (sweep_ == 0) {
      instance.aggregates.push_back(std::move(repetition));
    } else {
      AddCounts(instance, repetition);
    }
  }
  ShowComplete();
  if (options_.on_progress) options_.on_progress();
}

bool Collector::Complete(const Instance& instance) const {
  if (instance.Skipped()) return true;
  for (int pass = 0; pass < options_.passes; ++pass) {
    if (!instance.Covers(pass)) return false;
  }
  // Aggregates come in a call of their own, after the repetitions.
  const bool has_aggregates =
      !instance.repetitions.empty() && instance.repetitions.front().run.repetitions > 1;
  return sweep_ > 0 || !has_aggregates || !instance.aggregates.empty();
}

void Collector::ShowComplete() {
  while (next_to_show_ < instances_.size() && Complete(instances_[next_to_show_])) {
    Instance& instance = instances_[next_to_show_++];
    if (instance.shown) continue;
    instance.shown = true;
    if (options_.before_rows) options_.before_rows();
    display_.ReportRuns(MergedRows(instance));
  }
}

std::vector<std::string> Collector::Missing(int pass) const {
  std::vector<std::string> names;
  for (const Instance& instance : instances_) {
    if (!instance.Skipped() && !instance.Covers(pass)) names.push_back(instance.name);
  }
  return names;
}

void Collector::FinishDisplay() {
  for (Instance& instance : instances_) {
    if (!instance.shown) display_.ReportRuns(MergedRows(instance));
    instance.shown = true;
  }
  next_to_show_ = instances_.size();
  display_.Finalize();
}

std::vector<Run> Collector::MergedRows(const Instance& instance) const {
  std::vector<Run> rows;
  std::map<std::string, std::vector<double>> by_round;
  const int asked =
      instance.AskedRepetitions(options_.asked_repetitions, std::max(options_.passes, 1));
  auto rounds = instance.Rounds(options_.passes);
  if (asked <= 1 && rounds.size() > 1) {
    // Uneven turns (random interleaving, filled holes): one row over all of them.
    rounds.resize(1);
    rounds[0].clear();
    for (const Repetition& repetition : instance.repetitions) rounds[0].push_back(&repetition);
  }
  for (const auto& round : rounds) {
    std::vector<Measurement> measurements;
    for (const Repetition* repetition : round) {
      for (const RawCounts& raw : repetition->raw) {
        measurements.push_back(MakeMeasurement(raw, repetition->run));
      }
    }
    const auto metrics = options_.evaluate(measurements);
    for (const MetricValue& metric : metrics) {
      if (metric.value.number) by_round[metric.name].push_back(*metric.value.number);
    }
    if (options_.aggregates_only && asked > 1) continue;
    Run merged = MergeRound(round);
    merged.repetitions = asked;
    merged.repetition_index = static_cast<std::int64_t>(rows.size());
    AddMetrics(merged, metrics);
    rows.push_back(std::move(merged));
  }
  for (const Repetition& aggregate : instance.aggregates) {
    Run run = aggregate.run;
    const bool of_family = run.report_big_o || run.report_rms;
    if (asked <= 1 && !of_family && !instance.repetitions.empty()) continue;
    run.repetitions = asked;
    if (instance.repetitions.empty() && run.aggregate_name == "mean") {
      AddMetrics(run, options_.evaluate(instance.Measurements()));
    } else if (!of_family) {
      for (const auto& [metric, values] : by_round) AddStatistic(run, metric, values);
    }
    rows.push_back(std::move(run));
  }
  return rows;
}

}  // namespace pmubench::gbench
