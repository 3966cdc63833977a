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
  /// Let steps and bands decide where no comparison did.
  bool decide = true;
};

/// Series of the gate metrics with band and steps, events, and the canary. A step for the worse
/// among the newest runs is a regression; a value outside of its band that was not measured again
/// is inconclusive.
void AddNight(const history::SeriesTable& table, const history::Nightly& night,
              const NightRules& rules, Report& report);

/// Where a canary moved, what looks like a regression or an improvement may be the environment's:
/// it becomes inconclusive, and says so.
void BlameEnvironment(Report& report);

}  // namespace pmubench::pages
