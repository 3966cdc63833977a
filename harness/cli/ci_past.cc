#include "cli/ci_past.h"

#include <fmt/format.h>

#include "reports/store/bundle.h"

namespace pmubench {
namespace {

Result<void> ReadBaseline(store::Store& store, const std::string& uuid, Past& past) {
  auto run = store.Read(uuid);
  if (!run) return run.error();
  auto launches = compare::ParseLaunches(store::FormatBundle(*run), "the baseline");
  if (!launches) return launches.error();
  past.baseline = std::move(*run);
  past.launches = std::move(*launches);
  return {};
}

}  // namespace

Result<Past> ReadPast(store::Store& store, const store::Run& run, const std::string& branch,
                      const NightOptions& options) {
  const auto analysis = AnalysisOptions(options);
  if (!analysis) return analysis.error();
  store::RunFilter filter;
  filter.machine = run.info.machine;
  filter.configuration = run.info.configuration;
  filter.branch = branch;
  filter.newest = options.runs;
  auto runs = store.Runs(filter);
  if (!runs) return runs.error();
  Past past;
  if (!runs->empty()) {
    const store::RunInfo& newest = runs->back();
    if (auto read = ReadBaseline(store, newest.uuid, past); !read) return read.error();
    if (newest.started_ms > run.info.started_ms) {
      past.clock_went_back = fmt::format(
          "this run's clock says {}, before the newest run of the history ({}): set the clock",
          store::FormatTime(run.info.started_ms), store::FormatTime(newest.started_ms));
    }
  }
  auto table = history::ReadSeries(store, std::move(*runs));
  if (!table) return table.error();
  past.night.table = std::move(*table);
  history::AppendRun(run, past.night.table);
  past.night.analysis = history::AnalyzeNight(past.night.table, *analysis);
  return past;
}

}  // namespace pmubench
