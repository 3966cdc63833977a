#include "reports/pages/assemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "reports/compare/explain.h"
#include "reports/history/band.h"
#include "reports/history/events.h"
#include "reports/history/level_change.h"
#include "reports/metric_remarks.h"
#include "reports/pages/night_verdict.h"
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

std::string Detectable(const compare::MetricComparison& metric) {
  const bool told = metric.verdict == statistics::Verdict::kInconclusive && metric.detectable &&
                    std::isfinite(*metric.detectable);
  return told
             ? fmt::format("; from {:.1f} % on a change would have shown", 100 * *metric.detectable)
             : "";
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
  line->compared = metric.gate;
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

/// Whether a canary stepped where this series did, in a metric of the same kind.
bool CanarySteppedWith(const history::Nightly& night, std::size_t run, const std::string& metric) {
  return std::any_of(night.events.begin(), night.events.end(), [&](const history::Event& event) {
    if (run < event.first_run || run > event.last_run) return false;
    return std::any_of(event.changes.begin(), event.changes.end(), [&](const auto& change) {
      return change.canary && SameKind(change.metric, metric);
    });
  });
}

/// A step among the newest runs; false where there is none.
bool PutStep(const history::SeriesTable& table, const history::Nightly& night,
             const history::SeriesState& state, const NightRules& rules, BenchmarkReport& benchmark,
             MetricLine& line) {
  if (state.points.empty() || state.points.back().index + rules.recent < table.runs.size()) {
    return false;
  }
  const changepoints::ChangePoint& step = state.points.back();
  const bool worse = history::IsWorse(line.name, step.relative_change);
  line.verdict = worse ? Verdict::kRegression : Verdict::kImprovement;
  line.baseline = step.before;
  line.change = step.relative_change;
  AddSentence(fmt::format("{} stepped {} at {}.", line.name, FormatChange(step.relative_change),
                          CommitOf(table, step.index)),
              benchmark);
  const std::size_t steps = state.points.size();
  const std::size_t from = steps > 1 ? state.points[steps - 2].index : 0;
  const std::string why =
      compare::Explain(history::CompareLevels(table.benchmarks[state.benchmark], from, step.index));
  if (!why.empty()) AddSentence("Since then: " + why + ".", benchmark);
  if (CanarySteppedWith(night, step.index, line.name)) {
    line.verdict = Verdict::kEnvironment;
    AddSentence("The canary, a fixed program, stepped there too: the environment changed.",
                benchmark);
  }
  return true;
}

/// Tonight's value and its band.
void PutBand(const history::SeriesState& state, const NightRules& rules, BenchmarkReport& benchmark,
             MetricLine& line) {
  GateFacts facts;
  if (line.compared) facts.compared = line.verdict;
  facts.in_turns = rules.in_turns;
  facts.has_band = state.band.has_value();
  facts.outside = state.tonight != history::Side::kInside;
  const bool above = state.tonight == history::Side::kAbove;
  facts.worse = history::IsWorse(line.name, above ? 1 : -1);
  facts.rerun = state.rerun;
  if (state.band) {
    line.band_low = state.band->low;
    line.band_high = state.band->high;
  }
  if (facts.outside && state.rerun) line.rerun = history::RerunName(*state.rerun);
  line.verdict = JudgeGate(facts);
  // A program that never changes needs no second look to be suspect.
  if (state.canary && facts.outside && !state.rerun) {
    line.verdict = facts.worse ? Verdict::kRegression : Verdict::kImprovement;
  }
  AddSentence(DescribeGate(facts, line.name, line.unit, state.band, above), benchmark);
}

bool IsJudged(const BenchmarkReport& benchmark) {
  return benchmark.verdict != Verdict::kNotMeasured && benchmark.verdict != Verdict::kAdded &&
         benchmark.verdict != Verdict::kRemoved;
}

/// A benchmark that nothing was held against is no unchanged one, and a young history has many.
void WarnOfUnjudged(Report& report) {
  std::size_t judged = 0, without = 0;
  for (const BenchmarkReport& benchmark : report.benchmarks) {
    if (!IsJudged(benchmark) || history::IsCanary(benchmark.name)) continue;
    ++judged;
    const bool held = std::any_of(
        benchmark.metrics.begin(), benchmark.metrics.end(),
        [](const MetricLine& line) { return line.gate && (line.compared || line.band_low); });
    if (!held && benchmark.verdict == Verdict::kUnchanged) ++without;
  }
  if (without == 0) return;
  report.warnings.push_back(
      fmt::format("{} of {} benchmarks have fewer than {} earlier values at their level: they have "
                  "no band yet, "
                  "and 'unchanged' says little of them",
                  without, judged, history::BandOptions().least));
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
        benchmark.explanation = metric.reason + Detectable(metric);
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
  PutEvents(table, night, report);
  if (!report.compared) PutComings(table, report);
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
    MetricLine* line = FindLine(*found->second, from.metric.name);
    if (line == nullptr) continue;
    line->gate = true;
    if (!IsJudged(*found->second)) continue;
    if (!rules.steps || !PutStep(table, night, state, rules, *found->second, *line)) {
      PutBand(state, rules, *found->second, *line);
    }
  }
  for (BenchmarkReport& benchmark : report.benchmarks) {
    if (IsJudged(benchmark)) benchmark.verdict = VerdictOfGates(benchmark);
  }
  WarnOfUnjudged(report);
}

}  // namespace pmubench::pages
