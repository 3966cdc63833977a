#include "cli/night_report.h"

#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "cli/verb.h"
#include "platform/text.h"
#include "platform/whole_file.h"
#include "reports/pages/assemble.h"
#include "reports/pages/night_verdict.h"
#include "reports/pages/pages.h"

namespace pmubench {
namespace {

Result<void> WriteText(const std::string& file, const std::string& text) {
  if (file == "-") {
    std::cout << text << std::flush;
    return {};
  }
  return WriteWhole(file, text);
}

}  // namespace

Result<history::NightlyOptions> AnalysisOptions(const NightOptions& options) {
  history::NightlyOptions analysis;
  analysis.detect.detectors.clear();
  for (const std::string& name : SplitList(options.detectors)) {
    const auto kind = changepoints::ParseDetector(name);
    if (!kind) return kind.error();
    analysis.detect.detectors.push_back(*kind);
  }
  const std::size_t count = analysis.detect.detectors.size();
  if (count == 0 || options.votes > count) {
    return Error{ErrorCode::kUsage, fmt::format("--vote {} of {} detectors", options.votes, count),
                 "name more --detectors or ask for fewer votes"};
  }
  analysis.detect.votes = options.votes == 0 ? count : options.votes;
  return analysis;
}

void AddNightOptions(CLI::App& verb, NightOptions& options) {
  verb.add_option(
          "--runs", options.runs,
          fmt::format("how many runs back the history is looked at; steps are searched for in the "
                      "newest {} of them",
                      history::NightlyOptions().window))
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  verb.add_option("--recent", options.recent,
                  "steps that began at most so many runs ago are regressions or improvements; "
                  "older ones are only shown")
      ->capture_default_str();
  verb.add_option("--detectors", options.detectors,
                  "clipcusum (clipped CUSUM), otava (Apache Otava's E-divisive); with commas")
      ->capture_default_str();
  verb.add_option("--vote", options.votes, "how many of them must see a step (default: all)");
}

Result<Night> ReadNight(store::Store& store, const RunSelection& selection,
                        const NightOptions& options, std::int64_t until_ms) {
  const auto analysis = AnalysisOptions(options);
  if (!analysis) return analysis.error();
  store::RunFilter filter = selection.Filter();
  if (until_ms != 0) filter.before_ms = until_ms + 1;
  filter.newest = 1;
  const auto newest = store.Runs(filter);
  if (!newest) return newest.error();
  if (newest->empty()) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{} has no run of what was selected", store.Describe()),
                 "`pmubench history list` lists its runs"};
  }
  filter.machine = newest->front().machine;
  filter.configuration = newest->front().configuration;
  filter.newest = options.runs;
  auto runs = store.Runs(filter);
  if (!runs) return runs.error();
  auto table = history::ReadSeries(store, std::move(*runs));
  if (!table) return table.error();
  Night night{std::move(*table), {}};
  night.analysis = history::AnalyzeNight(night.table, *analysis);
  return night;
}

Result<pages::Report> ReportOfNight(store::Store& store, const RunSelection& selection,
                                    const NightOptions& options) {
  auto night = ReadNight(store, selection, options);
  if (!night) return night.error();
  const auto run = store.Read(night->table.runs.back().uuid);
  if (!run) return run.error();
  pages::Report report = pages::ReportOfRun(*run);
  report.title = "Benchmarks of " + store::FormatTime(run->info.started_ms).substr(0, 10);
  pages::AddNight(night->table, night->analysis, {options.recent}, report);
  pages::SettleEnvironment(report, /*in_turns=*/false);
  return report;
}

Result<void> WritePages(const pages::Report& report, const PageFiles& files) {
  const auto write = [](const std::string& file, auto&& page) -> Result<void> {
    return file.empty() ? Result<void>() : WriteText(file, page());
  };
  if (auto done = write(files.html, [&] { return pages::HtmlPage(report); }); !done) return done;
  if (auto done = write(files.markdown, [&] { return pages::MarkdownPage(report); }); !done) {
    return done;
  }
  if (auto done = write(files.junit, [&] { return pages::JUnitPage(report); }); !done) return done;
  if (auto done = write(files.json, [&] { return pages::JsonPage(report); }); !done) return done;
  return write(files.open_metrics, [&] { return pages::OpenMetricsPage(report); });
}

}  // namespace pmubench
