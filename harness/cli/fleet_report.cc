// `pmubench fleet report`: all machine classes of a job side by side.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "cli/fleet.h"
#include "cli/history_store.h"
#include "cli/night_report.h"
#include "cli/verb.h"
#include "platform/whole_file.h"
#include "reports/compare/compare.h"
#include "reports/history/rerun.h"
#include "reports/pages/assemble.h"
#include "reports/pages/night_verdict.h"
#include "reports/pages/side_by_side.h"
#include "reports/statistics/schedule.h"
#include "reports/store/bundle.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

struct ReportArguments {
  std::string folder, store, out, baseline;
  NightOptions night;
  std::string format = "text";
};

/// A job launches as often as it will, once and for all: every other launch stands for those that
/// a look at the history would ask for again.
std::vector<compare::Launch> EveryOther(const std::vector<compare::Launch>& launches) {
  std::vector<compare::Launch> others;
  for (std::size_t i = 1; i < launches.size(); i += 2) others.push_back(launches[i]);
  return others;
}

class FleetReport {
 public:
  FleetReport(const ReportArguments& arguments, const JobView& view, store::Store& store)
      : arguments_(arguments), view_(view), store_(store) {}

  Result<pages::SideBySide> Make();

 private:
  Result<void> AddClass(const std::string& machine_class, pages::SideBySide& page);
  Result<pages::Report> ReportOf(const store::Run& run);
  Result<std::optional<store::Run>> BaselineOf(const store::Run& run);

  const ReportArguments& arguments_;
  const JobView& view_;
  store::Store& store_;
};

/// The newest run before it on the baseline's branch, of the same class and kind of machine.
Result<std::optional<store::Run>> FleetReport::BaselineOf(const store::Run& run) {
  store::RunFilter filter;
  filter.machine = run.info.machine;
  filter.configuration = run.info.configuration;
  filter.branch = arguments_.baseline.empty() ? run.info.branch : arguments_.baseline;
  filter.before_ms = run.info.started_ms;
  filter.newest = 1;
  const auto runs = store_.Runs(filter);
  if (!runs) return runs.error();
  if (runs->empty()) return std::optional<store::Run>();
  auto baseline = store_.Read(runs->front().uuid);
  if (!baseline) return baseline.error();
  return std::optional(std::move(*baseline));
}

Result<pages::Report> FleetReport::ReportOf(const store::Run& run) {
  pages::Report report = pages::ReportOfRun(run);
  report.title = fmt::format("Benchmarks on {}", run.info.configuration);
  const auto baseline = BaselineOf(run);
  if (!baseline) return baseline.error();
  RunSelection selection;
  selection.machine = run.info.machine;
  selection.configuration = run.info.configuration;
  selection.branch = run.info.branch;
  auto night = ReadNight(store_, selection, arguments_.night, run.info.started_ms);
  if (!night) return night.error();
  if (!*baseline) {
    report.warnings.emplace_back("there is no earlier run of this class: nothing was compared");
    pages::AddNight(night->table, night->analysis, {arguments_.night.recent, false}, report);
    return report;
  }
  const auto before = compare::ParseLaunches(store::FormatBundle(**baseline), "the baseline");
  if (!before) return before.error();
  const auto now = compare::ParseLaunches(store::FormatBundle(run), "the job");
  if (!now) return now.error();
  compare::CompareOptions options;
  const std::size_t launches = view_.job.launches;
  options.alpha = statistics::LookSchedule(launches, 2 * launches, 0.05).back().alpha;
  const auto result = compare::Compare(*before, *now, options);
  if (!result) return result.error();
  pages::AddComparison(*result, **baseline, report);
  report.facts.emplace_back("baseline", (*baseline)->info.commit);
  history::JudgeReruns(night->table, EveryOther(*now), {}, night->analysis);
  pages::AddNight(night->table, night->analysis, {arguments_.night.recent, false}, report);
  pages::SettleEnvironment(report, /*in_turns=*/false);
  return report;
}

Result<void> FleetReport::AddClass(const std::string& machine_class, pages::SideBySide& page) {
  const auto runs = fleet::ClassRuns(view_.job, machine_class, view_.tasks);
  if (runs.empty()) {
    page.notes.push_back(fmt::format("{}: nothing was measured", machine_class));
    pages::Report nothing;
    for (const std::size_t i : view_.job.TasksOf(machine_class)) {
      for (const std::string& name : view_.job.tasks[i].benchmarks) {
        nothing.benchmarks.push_back(
            {name, pages::Verdict::kNotMeasured, fleet::ReasonOf(view_.tasks[i]), {}, {}});
      }
    }
    page.classes.push_back({machine_class, "", std::move(nothing)});
    return {};
  }
  for (const fleet::ClassRun& one : runs) {
    const auto run = store_.Read(one.run.info.uuid);
    if (!run) {
      return Error{
          run.error().code,
          fmt::format("{}: {} does not have this job's run", machine_class, store_.Describe()),
          fmt::format("`pmubench fleet collect {}` first, into the same --store",
                      arguments_.folder)};
    }
    if (fleet::CountMeasured(*run) < one.measured) {
      page.notes.push_back(
          fmt::format("{}: {} benchmarks were measured since it was collected; collect it again",
                      machine_class, one.measured - fleet::CountMeasured(*run)));
    }
    auto report = ReportOf(*run);
    if (!report) return report.error();
    page.classes.push_back(
        {machine_class, runs.size() > 1 ? run->info.machine : "", std::move(*report)});
  }
  return {};
}

Result<pages::SideBySide> FleetReport::Make() {
  pages::SideBySide page;
  const fleet::Job& job = view_.job;
  page.title = fmt::format("Benchmarks of {} on {} machine class{}", job.branch, job.classes.size(),
                           job.classes.size() == 1 ? "" : "es");
  page.facts = {{"job", job.id},
                {"submitted", store::FormatTime(job.submitted_ms)},
                {"commit", job.commit},
                {"suite", job.binary},
                {"tasks", fmt::format("{}, {} done", job.tasks.size(),
                                      view_.Count(fleet::TaskState::kDone))}};
  std::erase_if(page.facts, [](const auto& fact) { return fact.second.empty(); });
  page.notes = view_.clocks;
  for (std::size_t i = 0; i < view_.tasks.size(); ++i) {
    const fleet::TaskResult& task = view_.tasks[i];
    const std::string reason = fleet::ReasonOf(task);
    if (!reason.empty()) {
      page.notes.push_back(fmt::format("{}: task {} with {} benchmarks gave nothing: {}",
                                       job.tasks[i].machine_class, i,
                                       job.tasks[i].benchmarks.size(), reason));
    } else if (task.status.state != fleet::TaskState::kDone) {
      page.notes.push_back(fmt::format("{}: task {} is {}: {}", job.tasks[i].machine_class, i,
                                       fleet::StateName(task.status.state), task.status.reason));
    } else if (task.status.attempt > 1) {
      page.notes.push_back(fmt::format("{}: task {} was begun {} times; its last attempt counts",
                                       job.tasks[i].machine_class, i, task.status.attempt));
    }
  }
  for (const fleet::MachineClass& one : job.classes) {
    if (auto done = AddClass(one.name, page); !done) return done.error();
  }
  return page;
}

/// fleet.html, fleet.md, fleet.json, and all pages of each class in a folder of its own.
Result<void> WriteFolder(const pages::SideBySide& page, const fs::path& folder) {
  std::vector<std::string> links;
  for (const pages::ClassReport& one : page.classes) {
    const std::string name =
        one.kind.empty() ? one.machine_class : fmt::format("{}-{}", one.machine_class, one.kind);
    links.push_back(name + "/report.html");
    std::error_code error;
    fs::create_directories(folder / name, error);
    const fs::path of_class = folder / name;
    const PageFiles files{of_class / "report.html", of_class / "report.md", of_class / "junit.xml",
                          of_class / "report.json", of_class / "metrics.prom"};
    if (auto done = WritePages(one.report, files); !done) return done;
  }
  if (auto done = WriteWhole(folder / "fleet.md", pages::SideBySideMarkdown(page)); !done) {
    return done;
  }
  if (auto done = WriteWhole(folder / "fleet.json", pages::SideBySideJson(page)); !done) {
    return done;
  }
  return WriteWhole(folder / "fleet.html", pages::SideBySideHtml(page, links));
}

/// 1 a regression; 3 where a class measured nothing, or nothing could be compared for its
/// environment moved.
int CodeOf(const pages::SideBySide& page) {
  if (pages::CountOf(page, pages::Verdict::kRegression) > 0) return 1;
  for (const pages::ClassReport& one : page.classes) {
    if (pages::CountOf(one.report, pages::Verdict::kNotMeasured) > 0) return 3;
    if (one.report.canary == pages::CanaryState::kMoved) return 3;
  }
  return 0;
}

int Report(const ReportArguments& arguments) {
  const fleet::JobFolder folder(fs::absolute(arguments.folder));
  const auto view = ReadJobView(folder, true);
  if (!view) return Fail(view.error());
  auto store = store::OpenStore(arguments.store, store::OpenMode::kRead);
  if (!store) return Fail(store.error());
  const auto page = FleetReport(arguments, *view, **store).Make();
  if (!page) return Fail(page.error());
  const fs::path out = arguments.out.empty() ? folder.path() / "report" : fs::path(arguments.out);
  if (auto done = WriteFolder(*page, out); !done) return Fail(done.error());
  std::cout << (arguments.format == "json" ? pages::SideBySideJson(*page)
                                           : pages::SideBySideText(*page, UseColour()));
  fmt::print(stderr, "pmubench: {}\n", (out / "fleet.html").string());
  return CodeOf(*page);
}

}  // namespace

void AddFleetReportVerb(CLI::App& fleet, int& exit_code) {
  auto* verb = fleet.add_subcommand("report", "All machine classes of a job side by side");
  auto arguments = std::make_shared<ReportArguments>();
  verb->add_option("folder", arguments->folder, "the job's folder")->required();
  AddStoreOption(*verb, arguments->store);
  verb->add_option("--out", arguments->out,
                   "folder of the pages: fleet.html, fleet.md, fleet.json, and those of each class "
                   "(default: report in the job's)");
  verb->add_option("--baseline", arguments->baseline,
                   "compare with the newest run of this branch (default: the job's)");
  AddNightOptions(*verb, arguments->night);
  AddFormat(*verb, arguments->format);
  verb->footer(
      R"(Each class is compared with its own last run, launch by launch. What is said to be slower was
launched again by its task before it is called a regression.

Exit codes: 0 no regression; 1 a regression on one class at least; 2 wrong use; 3 benchmarks were
not measured, or the canary moved.)");
  verb->callback([arguments, &exit_code] { exit_code = Report(*arguments); });
}

}  // namespace pmubench
