// `pmubench report`: pages of a history's newest run; `history analyze`: its verdict.
#include "cli/report.h"

#include <fmt/format.h>

#include <iostream>

#include "cli/night_report.h"
#include "cli/verb.h"
#include "reports/pages/pages.h"

namespace pmubench {
namespace {

struct ReportArguments {
  std::string store;
  RunSelection selection;
  NightOptions night;
  PageFiles files;
  std::string title;
  std::string format = "text";
};

Result<pages::Report> Read(const ReportArguments& arguments) {
  auto store = store::OpenStore(arguments.store, store::OpenMode::kRead);
  if (!store) return store.error();
  auto report = ReportOfNight(**store, arguments.selection, arguments.night);
  if (report && !arguments.title.empty()) report->title = arguments.title;
  return report;
}

bool AnyFile(const PageFiles& files) {
  return !files.html.empty() || !files.markdown.empty() || !files.junit.empty() ||
         !files.json.empty() || !files.open_metrics.empty();
}

int WriteReport(const ReportArguments& arguments) {
  const auto report = Read(arguments);
  if (!report) return Fail(report.error());
  if (auto done = WritePages(*report, arguments.files); !done) return Fail(done.error());
  if (arguments.format == "json") {
    std::cout << pages::JsonPage(*report);
  } else if (!AnyFile(arguments.files)) {
    std::cout << pages::ConsolePage(*report, UseColour());
  } else {
    fmt::print(stderr, "{}\n", pages::Summary(*report));
  }
  return 0;
}

int Analyze(const ReportArguments& arguments) {
  const auto report = Read(arguments);
  if (!report) return Fail(report.error());
  std::cout << (arguments.format == "json" ? pages::JsonPage(*report)
                                           : pages::ConsolePage(*report, UseColour()));
  if (pages::CountOf(*report, pages::Verdict::kRegression) > 0) return 1;
  if (report->canary == pages::CanaryState::kMoved) return 3;
  return pages::CountOf(*report, pages::Verdict::kNotMeasured) == report->benchmarks.size() ? 3 : 0;
}

}  // namespace

void AddReportVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("report", "Write pages about the newest run of a history");
  auto arguments = std::make_shared<ReportArguments>();
  AddStoreOption(*verb, arguments->store);
  AddRunSelection(*verb, arguments->selection);
  AddNightOptions(*verb, arguments->night);
  verb->add_option("--html", arguments->files.html, "one self-contained file for browsers");
  verb->add_option("--markdown", arguments->files.markdown, "for a pull request");
  verb->add_option("--junit", arguments->files.junit, "JUnit XML for a CI server");
  verb->add_option("--json", arguments->files.json, "as reports/schema/report-1.0.json says");
  verb->add_option("--openmetrics", arguments->files.open_metrics,
                   "latest values, for Prometheus to scrape");
  verb->add_option("--title", arguments->title, "the pages' title");
  AddFormat(*verb, arguments->format);
  verb->footer(R"(Each file may be -, standard output. Without any the report is printed.

Example:
  pmubench report --branch main --html report.html --openmetrics /var/lib/node_exporter/bench.prom)");
  verb->callback([arguments, &exit_code] { exit_code = WriteReport(*arguments); });
}

void AddHistoryAnalyzeVerb(CLI::App& history, int& exit_code) {
  auto* verb =
      history.add_subcommand("analyze", "Judge the newest run by its history: bands and steps");
  auto arguments = std::make_shared<ReportArguments>();
  AddStoreOption(*verb, arguments->store);
  AddRunSelection(*verb, arguments->selection);
  AddNightOptions(*verb, arguments->night);
  AddFormat(*verb, arguments->format);
  verb->footer(R"(A step for the worse among the newest runs is a regression (exit code 1). A value
outside of its band alone is inconclusive: `pmubench ci` measures it again. Where a canary
moved as well nothing is charged to the code. Exit code 3 where nothing was measured, or the
canary moved.

Example:
  pmubench history analyze --branch main)");
  verb->callback([arguments, &exit_code] { exit_code = Analyze(*arguments); });
}

}  // namespace pmubench
