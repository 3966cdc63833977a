#include "reports/pages/assemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "reports/compare/explain.h"
#include "reports/history/band.h"
#include "reports/metric_remarks.h"
#include "reports/pages/text_format.h"
#include "reports/store/bundle.h"

namespace pmubench::pages {
namespace {

Verdict FromStatistics(statistics::Verdict verdict) {
  switch (verdict) {
    case statistics::Verdict::kWorse:
      return Verdict::kRegression;
    case statistics::Verdict::kBetter:
      return Verdict::kImprovement;
    case statistics::Verdict::kEquivalent:
      return Verdict::kUnchanged;
    case statistics::Verdict::kInconclusive:
    case statistics::Verdict::kTooFew:
      break;
  }
  return Verdict::kInconclusive;
}

std::string ReasonOf(const store::Run& run, const store::Value& value) {
  const bool known = value.reason > 0 && value.reason <= run.reasons.size();
  return known ? run.reasons[value.reason - 1U] : "not measured";
}

MetricLine LineOf(const store::Run& run, const store::Row& row, std::size_t i) {
  const std::uint32_t index = run.layouts[row.layout][i];
  const store::Value& value = row.values[i];
  MetricLine line;
  line.name = run.metrics[index].name;
  line.unit = run.metrics[index].unit;
  if (value.measured()) {
    line.value = value.value;
  } else {
    line.reason = ReasonOf(run, value);
  }
  line.sampling_ratio = store::UnpackSampling(value.sampling);
  for (const store::Launches& launches : row.launches) {
    if (launches.metric != index) continue;
    if (const auto interval = history::IntervalOfMedian(launches.values)) {
      line.low = interval->low;
      line.high = interval->high;
    }
  }
  return line;
}

/// What the run says against its metrics; no value in any benchmark counts as none.
MetricDoubts DoubtsOf(const store::Run& run) {
  MetricDoubts doubts;
  doubts.wrong = store::NotesOf(run);
  std::set<std::string> measured;
  for (const store::Row& row : run.rows) {
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      const std::string& metric = run.metrics[run.layouts[row.layout][i]].name;
      if (row.values[i].measured()) {
        measured.insert(metric);
      } else {
        doubts.missing.try_emplace(metric, ReasonOf(run, row.values[i]));
      }
    }
  }
  std::erase_if(doubts.missing, [&](const auto& entry) { return measured.contains(entry.first); });
  return doubts;
}

void AddWarnings(std::vector<std::string> lines, Report& report) {
  for (std::string& line : lines) {
    const auto& known = report.warnings;
    if (std::find(known.begin(), known.end(), line) == known.end()) {
      report.warnings.push_back(std::move(line));
    }
  }
}

BenchmarkReport* Find(Report& report, const std::string& name) {
  const auto at = std::find_if(report.benchmarks.begin(), report.benchmarks.end(),
                               [&](const BenchmarkReport& one) { return one.name == name; });
  return at == report.benchmarks.end() ? nullptr : &*at;
}

BenchmarkReport& FindOrAdd(Report& report, const std::string& name) {
  if (BenchmarkReport* there = Find(report, name)) return *there;
  report.benchmarks.push_back({name, Verdict::kUnchanged, "", {}, {}});
  return report.benchmarks.back();
}

MetricLine* FindLine(BenchmarkReport& benchmark, const std::string& name) {
  const auto at = std::find_if(benchmark.metrics.begin(), benchmark.metrics.end(),
                               [&](const MetricLine& one) { return one.name == name; });
  return at == benchmark.metrics.end() ? nullptr : &*at;
}

void PutComparison(const compare::MetricComparison& metric, BenchmarkReport& benchmark) {
  MetricLine* line = FindLine(benchmark, metric.name);
  if (line == nullptr) {
    benchmark.metrics.emplace_back();
    line = &benchmark.metrics.back();
    line->name = metric.name;
    line->unit = metric.kind.unit;
    line->value = metric.evidence.now;
  }
  line->gate = metric.gate;
  line->baseline = metric.evidence.base;
  line->q = metric.q;
  line->verdict = FromStatistics(metric.verdict);
  if (metric.evidence.ratio) line->change = *metric.evidence.ratio - 1;
  if (metric.evidence.low) line->change_low = *metric.evidence.low - 1;
  if (metric.evidence.high) line->change_high = *metric.evidence.high - 1;
}

/// Baselines of metrics that no test looked at: shown, they decide nothing.
void PutBaseline(const store::Run& baseline, Report& report) {
  std::map<std::string_view, const store::Row*> rows;
  for (const store::Row& row : baseline.rows) rows[row.benchmark] = &row;
  for (BenchmarkReport& benchmark : report.benchmarks) {
    const auto row = rows.find(benchmark.name);
    if (row == rows.end()) continue;
    const auto& layout = baseline.layouts[row->second->layout];
    for (std::size_t i = 0; i < layout.size(); ++i) {
      MetricLine* line = FindLine(benchmark, baseline.metrics[layout[i]].name);
      const store::Value& before = row->second->values[i];
      if (line == nullptr || line->baseline || !before.measured()) continue;
      if (baseline.metrics[layout[i]].unit != line->unit) continue;
      line->baseline = before.value;
      if (line->value && before.value != 0) line->change = *line->value / before.value - 1;
    }
  }
}

std::string CommitOf(const history::SeriesTable& table, std::size_t run) {
  return run < table.runs.size() ? table.runs[run].commit.substr(0, 12) : std::string();
}

void PutEvents(const history::SeriesTable& table, const history::Nightly& night, Report& report) {
  for (const history::Event& event : night.events) {
    EventReport one;
    one.first_run = event.first_run;
    one.last_run = event.last_run;
    one.from_commit = event.first_run > 0 ? CommitOf(table, event.first_run - 1) : "";
    one.to_commit = CommitOf(table, event.last_run);
    one.environment = event.environment;
    one.benchmarks = event.Benchmarks();
    for (const history::SeriesChange& change : event.changes) {
      one.series.push_back(fmt::format("{}: {} {}", change.benchmark, change.metric,
                                       FormatChange(change.relative_change)));
    }
    report.events.push_back(std::move(one));
  }
  std::reverse(report.events.begin(), report.events.end());
}

bool InEnvironmentEvent(const history::Nightly& night, std::size_t run) {
  return std::any_of(night.events.begin(), night.events.end(), [&](const history::Event& event) {
    return event.environment && event.first_run <= run && run <= event.last_run;
  });
}

void Decide(const history::SeriesTable& table, const history::Nightly& night,
            const history::SeriesState& state, const NightRules& rules,
            BenchmarkReport& benchmark) {
  const history::MetricSeries& series = table.benchmarks[state.benchmark].metrics[state.metric];
  MetricLine* line = FindLine(benchmark, series.metric.name);
  Verdict verdict = Verdict::kUnchanged;
  std::string why;
  if (!state.points.empty() && state.points.back().index + rules.recent >= table.runs.size()) {
    const changepoints::ChangePoint& step = state.points.back();
    const bool worse = history::IsWorse(series.metric.name, step.relative_change);
    verdict = worse ? Verdict::kRegression : Verdict::kImprovement;
    why = fmt::format("{} stepped {} at {}.", series.metric.name,
                      FormatChange(step.relative_change), CommitOf(table, step.index));
    if (InEnvironmentEvent(night, step.index)) {
      verdict = Verdict::kInconclusive;
      why += " The canary, a fixed program, stepped there too: the environment changed.";
    }
    if (line != nullptr) {
      line->baseline = step.before;
      line->change = step.relative_change;
    }
  } else if (state.tonight != history::Side::kInside) {
    verdict = Verdict::kInconclusive;
    why = fmt::format("{} is {} its band, {} to {}; it was not measured again.", series.metric.name,
                      state.tonight == history::Side::kAbove ? "above" : "below",
                      FormatValue(state.band->low, series.metric.unit),
                      FormatValue(state.band->high, series.metric.unit));
  }
  if (verdict == Verdict::kUnchanged) return;
  if (line != nullptr) line->verdict = verdict;
  const bool stronger = benchmark.verdict == Verdict::kUnchanged || verdict == Verdict::kRegression;
  if (stronger) benchmark.verdict = verdict;
  benchmark.explanation += (benchmark.explanation.empty() ? "" : " ") + why;
}

/// Benchmarks that yesterday's run did not have, or that tonight's has no more.
void PutComings(const history::SeriesTable& table, Report& report) {
  const std::size_t tonight = table.runs.size() - 1;
  if (tonight == 0) return;
  for (const history::BenchmarkSeries& benchmark : table.benchmarks) {
    if (benchmark.first_run == tonight)
      FindOrAdd(report, benchmark.benchmark).verdict = Verdict::kAdded;
    if (benchmark.last_run + 1 == tonight) {
      FindOrAdd(report, benchmark.benchmark).verdict = Verdict::kRemoved;
    }
  }
}

}  // namespace

Report ReportOfRun(const store::Run& run) {
  Report report;
  report.generated_ms = run.info.started_ms;
  report.facts = {{"machine", run.info.machine},
                  {"configuration", run.info.configuration},
                  {"branch", run.info.branch},
                  {"commit", run.info.commit},
                  {"measured", store::FormatTime(run.info.started_ms)}};
  std::erase_if(report.facts, [](const auto& fact) { return fact.second.empty(); });
  if (run.info.status != "complete") {
    report.warnings.push_back(fmt::format("the run is {}", run.info.status));
  }
  AddWarnings(MetricRemarks(DoubtsOf(run)), report);
  for (const store::Row& row : run.rows) {
    BenchmarkReport benchmark{row.benchmark, Verdict::kUnchanged, "", {}, {}};
    bool any = false;
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      benchmark.metrics.push_back(LineOf(run, row, i));
      any |= benchmark.metrics.back().value.has_value();
    }
    if (!any) {
      benchmark.verdict = Verdict::kNotMeasured;
      if (!benchmark.metrics.empty()) benchmark.explanation = benchmark.metrics.front().reason;
    }
    report.benchmarks.push_back(std::move(benchmark));
  }
  return report;
}

void AddComparison(const compare::CompareResult& result, const store::Run& baseline,
                   Report& report) {
  report.compared = true;
  for (const compare::BenchmarkComparison& compared : result.benchmarks) {
    BenchmarkReport& benchmark = FindOrAdd(report, compared.name);
    benchmark.verdict = FromStatistics(compared.verdict);
    if (benchmark.verdict == Verdict::kRegression || benchmark.verdict == Verdict::kImprovement) {
      benchmark.explanation = compare::Explain(compared);
    }
    for (const compare::MetricComparison& metric : compared.metrics) {
      PutComparison(metric, benchmark);
      if (metric.gate && metric.verdict == compared.verdict && benchmark.explanation.empty() &&
          benchmark.verdict == Verdict::kInconclusive) {
        benchmark.explanation = metric.reason;
      }
    }
  }
  for (const std::string& name : result.added) FindOrAdd(report, name).verdict = Verdict::kAdded;
  for (const std::string& name : result.removed) {
    FindOrAdd(report, name).verdict = Verdict::kRemoved;
  }
  for (const compare::NotMeasured& missing : result.not_measured) {
    BenchmarkReport& benchmark = FindOrAdd(report, missing.benchmark);
    benchmark.verdict = Verdict::kNotMeasured;
    benchmark.explanation = fmt::format("{}: {}", missing.side, missing.reason);
  }
  AddWarnings(result.remarks, report);
  PutBaseline(baseline, report);
}

void AddNight(const history::SeriesTable& table, const history::Nightly& night,
              const NightRules& rules, Report& report) {
  for (const store::RunInfo& run : table.runs) {
    report.runs.push_back({run.started_ms, run.commit, run.status});
  }
  report.canary = night.canary == history::Canary::kMoved    ? CanaryState::kMoved
                  : night.canary == history::Canary::kStable ? CanaryState::kStable
                                                             : CanaryState::kAbsent;
  PutEvents(table, night, report);
  if (rules.decide) PutComings(table, report);
  std::map<std::string_view, BenchmarkReport*> by_name;
  for (BenchmarkReport& benchmark : report.benchmarks) by_name[benchmark.name] = &benchmark;
  for (const history::SeriesState& state : night.series) {
    if (!state.gate) continue;
    const history::BenchmarkSeries& benchmark = table.benchmarks[state.benchmark];
    const auto found = by_name.find(benchmark.benchmark);
    if (found == by_name.end()) continue;
    const history::MetricSeries& from = benchmark.metrics[state.metric];
    Series series{from.metric.name, from.metric.unit, from.values, {}, {}, {}};
    for (const auto& point : state.points) series.change_points.push_back(point.index);
    if (state.band) {
      series.band_low = state.band->low;
      series.band_high = state.band->high;
    }
    found->second->series.push_back(std::move(series));
    if (MetricLine* line = FindLine(*found->second, from.metric.name)) line->gate = true;
    if (rules.decide && !state.canary) Decide(table, night, state, rules, *found->second);
  }
}

void BlameEnvironment(Report& report) {
  if (report.canary != CanaryState::kMoved) return;
  report.warnings.emplace_back(
      "the canary, a fixed program, moved too: the environment changed, so no change here is "
      "charged to the code");
  for (BenchmarkReport& benchmark : report.benchmarks) {
    if (benchmark.verdict != Verdict::kRegression && benchmark.verdict != Verdict::kImprovement) {
      continue;
    }
    benchmark.verdict = Verdict::kInconclusive;
    benchmark.explanation += (benchmark.explanation.empty() ? "" : " ") +
                             std::string("Environment: the canary moved too.");
  }
}

}  // namespace pmubench::pages
