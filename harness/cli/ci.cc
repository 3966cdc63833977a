// `pmubench ci`: the nightly or pull-request job in one command.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <random>

#include "cli/ci_context.h"
#include "cli/ci_measure.h"
#include "cli/night_report.h"
#include "cli/preload_library.h"
#include "cli/program_folder.h"
#include "cli/report.h"
#include "cli/verb.h"
#include "platform/text.h"
#include "reports/compare/compare.h"
#include "reports/pages/assemble.h"
#include "reports/pages/pages.h"
#include "reports/pages/text_format.h"
#include "reports/statistics/schedule.h"
#include "reports/store/bundle.h"
#include "reports/store/row_copy.h"
#include "reports/store/sample.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

struct CiArguments {
  std::string store;
  std::string binary;
  std::vector<std::string> arguments;
  std::string base;      ///< a binary to compare with, launched in turns
  std::string baseline;  ///< the branch whose newest run is compared with otherwise
  ImportFlags flags;
  NightOptions night;
  std::string metrics = "basic";
  std::string folder = "pmubench-ci";
  std::size_t launches = 10;
  bool strict = false, no_canary = false, no_import = false;
  std::string format = "text";
};

/// Everything that a job knows, from its first launch to its pages.
class CiJob {
 public:
  CiJob(const CiArguments& arguments, const CiContext& context);

  Result<int> Run();

 private:
  Result<void> MeasureAll();
  Result<void> MeasureAgain();
  Result<void> FindBaseline();
  Result<void> Compare(double alpha);
  Result<void> Import();
  Result<void> Remember();
  [[nodiscard]] std::vector<std::string> Suspects() const;
  [[nodiscard]] store::Run Merged() const;
  [[nodiscard]] int ExitCode() const;
  [[nodiscard]] MeasureOptions Measure(const std::string& filter) const;

  const CiArguments& arguments_;
  store::ImportOptions import_;
  std::string baseline_branch_;
  std::unique_ptr<store::Store> store_;
  std::mt19937 random_{std::random_device{}()};
  MeasuredSide now_, base_, canary_;
  std::optional<store::Run> baseline_;
  std::vector<compare::Launch> base_launches_;
  std::optional<Night> night_;  ///< the runs before this one
  std::optional<compare::CompareResult> result_;
  std::vector<std::string> warnings_;
  bool measured_again_ = false;
  pages::Report report_;
};

CiJob::CiJob(const CiArguments& arguments, const CiContext& context) : arguments_(arguments) {
  const auto either = [](const std::string& given, const std::string& otherwise) {
    return given.empty() ? otherwise : given;
  };
  import_.branch = either(arguments.flags.branch, either(context.branch, "main"));
  import_.commit = either(arguments.flags.commit, context.commit);
  if (!arguments.flags.configuration.empty()) {
    import_.configuration = arguments.flags.configuration;
  }
  baseline_branch_ = either(arguments.baseline, either(context.baseline, *import_.branch));
  now_ = {"new", arguments.binary, arguments.arguments, {}, {}};
  base_ = {"base", arguments.base, arguments.arguments, {}, {}};
  const fs::path canary = ProgramFolder() / "pmubench_canary";
  if (!arguments.no_canary && fs::exists(canary)) canary_ = {"canary", canary, {}, {}, {}};
}

MeasureOptions CiJob::Measure(const std::string& filter) const {
  return {SplitList(arguments_.metrics), arguments_.folder, PreloadLibrary(), filter};
}

Result<void> CiJob::MeasureAll() {
  std::error_code error;
  fs::create_directories(arguments_.folder, error);
  if (error) {
    return Error{ErrorCode::kSystem,
                 fmt::format("cannot make the folder {}: {}", arguments_.folder, error.message()),
                 "choose another one with --out"};
  }
  std::vector<MeasuredSide*> sides = {&now_};
  if (!base_.binary.empty()) sides.push_back(&base_);
  if (!canary_.binary.empty()) sides.push_back(&canary_);
  return MeasureInTurns(sides, arguments_.launches, Measure(""), random_);
}

store::Run CiJob::Merged() const {
  store::Run run = store::MergeLaunches(now_.runs);
  if (!canary_.runs.empty()) store::AppendRows(store::MergeLaunches(canary_.runs), run);
  run.info.branch = *import_.branch;
  run.info.commit = *import_.commit;
  if (import_.configuration) run.info.configuration = *import_.configuration;
  return run;
}

/// The base binary's launches; without one the newest run of the baseline's branch that this
/// machine measured in this configuration.
Result<void> CiJob::FindBaseline() {
  RunSelection selection;
  const store::Run now = Merged();
  selection.machine = now.info.machine;
  selection.configuration = now.info.configuration;
  selection.branch = baseline_branch_;
  if (auto night = ReadNight(*store_, selection, arguments_.night)) night_ = std::move(*night);
  if (!base_.runs.empty()) {
    baseline_ = store::MergeLaunches(base_.runs);
    base_launches_ = base_.launches;
    return {};
  }
  if (!night_) return {};
  auto run = store_->Read(night_->table.runs.back().uuid);
  if (!run) return run.error();
  auto launches = compare::ParseLaunches(store::FormatBundle(*run), "the baseline");
  if (!launches) return launches.error();
  baseline_ = std::move(*run);
  base_launches_ = std::move(*launches);
  return {};
}

Result<void> CiJob::Compare(double alpha) {
  compare::CompareOptions options;
  options.alpha = alpha;
  options.historic_noise = [this](const std::string& benchmark,
                                  const std::string& metric) -> std::optional<double> {
    if (!night_) return std::nullopt;
    for (const history::SeriesState& state : night_->analysis.series) {
      if (!state.gate) continue;
      const auto& series = night_->table.benchmarks[state.benchmark];
      if (series.benchmark == benchmark && series.metrics[state.metric].metric.name == metric) {
        return state.noise;
      }
    }
    return std::nullopt;
  };
  std::vector<compare::Launch> now = now_.launches;
  if (base_.runs.empty()) {
    now.insert(now.end(), canary_.launches.begin(), canary_.launches.end());
  }
  auto result = compare::Compare(base_launches_, now, options);
  if (!result) return result.error();
  result_ = std::move(*result);
  return {};
}

std::vector<std::string> CiJob::Suspects() const {
  std::vector<std::string> suspects;
  for (const compare::BenchmarkComparison& benchmark : result_->benchmarks) {
    if (history::IsCanary(benchmark.name)) continue;
    if (benchmark.verdict != statistics::Verdict::kEquivalent) suspects.push_back(benchmark.name);
  }
  return suspects;
}

/// What is not settled is launched as often again, alone.
Result<void> CiJob::MeasureAgain() {
  const std::vector<std::string> suspects = Suspects();
  if (suspects.empty()) return {};
  fmt::print(stderr, "pmubench: measuring {} of {} benchmarks again\n", suspects.size(),
             result_->benchmarks.size());
  std::vector<MeasuredSide*> sides = {&now_};
  if (!base_.runs.empty()) sides.push_back(&base_);
  if (auto done = MeasureInTurns(sides, arguments_.launches, Measure(FilterOf(suspects)), random_);
      !done) {
    return done;
  }
  measured_again_ = true;
  if (!base_.runs.empty()) base_launches_ = base_.launches;
  return {};
}

Result<void> CiJob::Import() {
  if (arguments_.no_import) return {};
  const auto added = store_->Add(Merged());
  if (!added) return added.error();
  return {};
}

/// Series, bands and steps from the history, this run included where it was imported.
Result<void> CiJob::Remember() {
  RunSelection selection;
  const store::Run now = Merged();
  selection.machine = now.info.machine;
  selection.configuration = now.info.configuration;
  selection.branch = arguments_.no_import ? baseline_branch_ : now.info.branch;
  auto night = ReadNight(*store_, selection, arguments_.night);
  if (!night) return {};
  pages::AddNight(night->table, night->analysis, {arguments_.night.recent, !result_}, report_);
  return {};
}

int CiJob::ExitCode() const {
  if (pages::CountOf(report_, pages::Verdict::kRegression) > 0) return 1;
  if (!result_) {
    const bool nothing =
        pages::CountOf(report_, pages::Verdict::kNotMeasured) == report_.benchmarks.size();
    // The first night has nothing to be compared with; a pull request has to have.
    return nothing || baseline_branch_ != *import_.branch ? 3 : 0;
  }
  if (report_.canary == pages::CanaryState::kMoved) return 3;
  const int code = compare::CompareExitCode(*result_, arguments_.strict);
  return code == 1 ? 3 : code;
}

Result<int> CiJob::Run() {
  auto store = store::OpenStore(arguments_.store, store::OpenMode::kCreate);
  if (!store) return store.error();
  store_ = std::move(*store);
  if (auto done = MeasureAll(); !done) return done.error();
  if (auto done = FindBaseline(); !done) return done.error();
  if (baseline_) {
    const auto looks = statistics::LookSchedule(arguments_.launches, 2 * arguments_.launches, 0.05);
    if (auto done = Compare(looks.front().alpha); !done) return done.error();
    if (auto done = MeasureAgain(); !done) return done.error();
    if (measured_again_) {
      if (auto done = Compare(looks.back().alpha); !done) return done.error();
    }
  } else {
    warnings_.push_back(
        fmt::format("there is no run of branch {} by this machine and "
                    "configuration yet: nothing was compared",
                    baseline_branch_));
  }
  if (auto done = Import(); !done) return done.error();
  report_ = pages::ReportOfRun(Merged());
  report_.title = fmt::format("Benchmarks of {}", *import_.branch);
  if (result_) {
    pages::AddComparison(*result_, *baseline_, report_);
    report_.facts.emplace_back("baseline",
                               base_.runs.empty() ? baseline_->info.commit : arguments_.base);
  }
  if (auto done = Remember(); !done) return done.error();
  if (result_) SettleCanary(*result_, report_);
  pages::BlameEnvironment(report_);
  report_.warnings.insert(report_.warnings.end(), warnings_.begin(), warnings_.end());
  report_.facts.emplace_back("launches", fmt::format("{}", now_.runs.size()));
  const fs::path folder = arguments_.folder;
  const PageFiles files{folder / "report.html", folder / "report.md", folder / "junit.xml",
                        folder / "report.json", folder / "metrics.prom"};
  if (auto done = WritePages(report_, files); !done) return done.error();
  return ExitCode();
}

std::string Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

int RunCi(const CiArguments& arguments) {
  const CiContext context = ReadCiContext(Variable);
  CiJob job(arguments, context);
  const auto code = job.Run();
  if (!code) return Fail(code.error());
  const fs::path folder = arguments.folder;
  const char* page = arguments.format == "json" ? "report.json" : "report.md";
  std::cout << std::ifstream(folder / page).rdbuf();
  fmt::print(stderr, "pmubench: {}\n", (folder / "report.html").string());
  return *code;
}

}  // namespace

void AddCiVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "ci", "Run a suite, compare it with its baseline, write all pages: a job in one command");
  auto arguments = std::make_shared<CiArguments>();
  AddStoreOption(*verb, arguments->store);
  verb->add_option("binary", arguments->binary, "a Google Benchmark binary")->required();
  verb->add_option("arguments", arguments->arguments, "for the binary, after --");
  verb->add_option("--base", arguments->base,
                   "compare with this binary, launched in turns with the other: the surest way");
  verb->add_option("--baseline", arguments->baseline,
                   "without --base: compare with the newest run of this branch (default: what the "
                   "pull request goes to, else the branch itself)");
  verb->add_option("--launches", arguments->launches,
                   "launches a side; what they do not settle is launched as often again")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--metrics", arguments->metrics, "names of metrics or sets, with commas")
      ->capture_default_str();
  verb->add_option("--out", arguments->folder, "folder of records and pages")
      ->capture_default_str();
  AddImportFlags(*verb, arguments->flags);
  AddNightOptions(*verb, arguments->night);
  verb->add_flag("--no-canary", arguments->no_canary,
                 "do not run pmubench_canary, the fixed program that tells when the machine moved");
  verb->add_flag("--no-import", arguments->no_import, "leave the history as it is");
  verb->add_flag("--strict", arguments->strict, "inconclusive or removed benchmarks end with 3");
  AddFormat(*verb, arguments->format);
  verb->footer(
      R"(Branch, commit and baseline come from GitHub Actions, GitLab or Jenkins where it runs there.
In the folder: report.html, report.md, junit.xml, report.json, metrics.prom, every record.

Exit codes: 0 no regression; 1 a regression, seen again when measured again; 2 wrong use; 3 too
little was measured, nothing to compare a pull request with, or the environment moved.

Examples:
  pmubench ci ./my_bench                             each night, with a history
  pmubench ci --base old/my_bench build/my_bench     a pull request, both builds at hand)");
  verb->callback([arguments, &exit_code] { exit_code = RunCi(*arguments); });
}

}  // namespace pmubench
