// A report from what was measured, compared and remembered. Pure functions.
#pragma once

#include <cstddef>

#include "reports/compare/compare.h"
#include "reports/history/nightly.h"
#include "reports/pages/report.h"
#include "reports/store/run.h"

namespace pmubench::pages {

/// Every benchmark of the run with all its metrics, and what is known of machine and build. The
/// interval of a value is that of its median over launches, from 6 launches on.
[[nodiscard]] Report ReportOfRun(const store::Run& run);

/// Baseline, change and verdict of each benchmark; what was added, removed, or measured on one side
/// only. `baseline`: where the figures of metrics that were not tested come from.
void AddComparison(const compare::CompareResult& result, const store::Run& baseline,
                   Report& report);

struct NightRules {
  /// A step that began at most so many runs ago is news.
  std::size_t recent = 7;
  /// Steps decide. Not in a job that compares with a baseline: a step of last week is not its own.
  bool steps = true;
  bool in_turns = false;  ///< the baseline was launched in turns with this run
};

/// Series of the gate metrics with band and steps, events, and verdicts: of steps among the newest
/// runs, of the band otherwise (night_verdict.h), together with a comparison where one was added.
void AddNight(const history::SeriesTable& table, const history::Nightly& night,
              const NightRules& rules, Report& report);

}  // namespace pmubench::pages
