// What `history analyze`, `report` and `ci` share: a report of a history's newest run, and pages.
#pragma once

#include <string>

#include "cli/history_store.h"
#include "reports/history/nightly.h"
#include "reports/history/series_table.h"
#include "reports/pages/report.h"

namespace CLI {
class App;
}

namespace pmubench {

struct NightOptions {
  std::size_t runs = 365;  ///< how far back
  std::size_t recent = 7;  ///< steps among so many of the newest runs are news
  std::string detectors = "clipcusum";
  std::size_t votes = 0;  ///< 0: all of them
};
void AddNightOptions(CLI::App& verb, NightOptions& options);
[[nodiscard]] Result<history::NightlyOptions> AnalysisOptions(const NightOptions& options);

/// The runs of the newest run's machine and configuration, and what they say of it.
struct Night {
  history::SeriesTable table;
  history::Nightly analysis;
};
/// `until_ms`: the newest run is one that started at most then; 0: the newest of all.
[[nodiscard]] Result<Night> ReadNight(store::Store& store, const RunSelection& selection,
                                      const NightOptions& options, std::int64_t until_ms = 0);

/// A whole report of the newest run by its history alone.
[[nodiscard]] Result<pages::Report> ReportOfNight(store::Store& store,
                                                  const RunSelection& selection,
                                                  const NightOptions& options);

/// Where pages go; empty: nowhere. "-" is standard output.
struct PageFiles {
  std::string html, markdown, junit, json, open_metrics;
};
[[nodiscard]] Result<void> WritePages(const pages::Report& report, const PageFiles& files);

}  // namespace pmubench
