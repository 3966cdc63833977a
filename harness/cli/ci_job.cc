#include "cli/ci_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <span>

#include "cli/ci_measure.h"
#include "cli/ci_past.h"
#include "cli/preload_library.h"
#include "platform/text.h"
#include "reports/compare/compare.h"
#include "reports/history/noise.h"
#include "reports/history/rerun.h"
#include "reports/pages/assemble.h"
#include "reports/pages/night_verdict.h"
#include "reports/statistics/schedule.h"
#include "reports/store/row_copy.h"
#include "reports/store/sample.h"
#include "runner/binary_kind.h"
#include "runner/exact_filter.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

class CiJob {
 public:
  CiJob(const CiArguments& arguments, const CiContext& context);

  Result<int> Run();

 private:
  Result<void> Launch(const std::vector<MeasuredSide*>& sides);
  Result<void> LaunchAll();
  Result<void> LookAtThePast();
  Result<void> Compare(double alpha);
  Result<void> CompareAndLaunchAgain();
  Result<void> LaunchAgain(const std::set<std::string>& suspects);
  [[nodiscard]] std::set<std::string> Suspects() const;
  [[nodiscard]] store::Run Merged() const;
  [[nodiscard]] pages::Report MakeReport() const;
  [[nodiscard]] int ExitCode(const pages::Report& report) const;

  const CiArguments& arguments_;
  store::ImportOptions import_;
  std::string baseline_branch_;
  bool in_turns_;  ///< the baseline is a binary at hand
  std::unique_ptr<store::Store> store_;
  std::mt19937 random_{std::random_device{}()};
  MeasuredSide now_, base_, canary_;
  Past past_;
  std::optional<compare::CompareResult> result_;
};

CiJob::CiJob(const CiArguments& arguments, const CiContext& context)
    : arguments_(arguments), in_turns_(!arguments.base.empty()) {
  const auto either = [](const std::string& given, const std::string& otherwise) {
    return given.empty() ? otherwise : given;
  };
  import_.branch = either(arguments.flags.branch, either(context.branch, "main"));
  import_.commit = either(arguments.flags.commit, context.commit);
  if (!arguments.flags.configuration.empty()) {
    import_.configuration = arguments.flags.configuration;
  }
  baseline_branch_ = either(arguments.baseline, either(context.baseline, *import_.branch));
  now_ = {"new", arguments.binary, arguments.arguments, "", {}, {}};
  base_ = {"base", arguments.base, arguments.arguments, "", {}, {}};
  canary_ = {"canary", arguments.canary, {}, "", {}, {}};
}

Result<void> CiJob::Launch(const std::vector<MeasuredSide*>& sides) {
  const TurnOptions options{SplitList(arguments_.metrics), arguments_.folder, PreloadLibrary()};
  return MeasureInTurns(sides, arguments_.launches, options, random_);
}

Result<void> CiJob::LaunchAll() {
  std::vector<MeasuredSide*> sides = {&now_};
  if (in_turns_) sides.push_back(&base_);
  if (!canary_.binary.empty()) sides.push_back(&canary_);
  // A side that cannot be launched is found before minutes went into the others.
  for (const MeasuredSide* side : sides) {
    if (auto kind = InspectBinary(side->binary); !kind) return kind.error();
  }
  std::error_code error;
  fs::create_directories(arguments_.folder, error);
  if (error) {
    return Error{ErrorCode::kSystem,
                 fmt::format("cannot make the folder {}: {}", arguments_.folder, error.message()),
                 "choose another one with --out"};
  }
  return Launch(sides);
}

store::Run CiJob::Merged() const {
  store::Run run = store::MergeLaunches(now_.runs);
  if (!canary_.runs.empty()) store::AppendRows(store::MergeLaunches(canary_.runs), run);
  run.info.branch = *import_.branch;
  run.info.commit = *import_.commit;
  if (import_.configuration) run.info.configuration = *import_.configuration;
  return run;
}

Result<void> CiJob::LookAtThePast() {
  auto past = ReadPast(*store_, Merged(), baseline_branch_, arguments_.night);
  if (!past) return past.error();
  past_ = std::move(*past);
  if (in_turns_) past_.baseline = store::MergeLaunches(base_.runs);
  return {};
}

Result<void> CiJob::Compare(double alpha) {
  compare::CompareOptions options;
  options.alpha = alpha;
  options.historic_noise =
      history::Lookup(history::NoiseOf(past_.night.table, past_.night.analysis));
  std::vector<compare::Launch> now = now_.launches;
  if (!in_turns_) now.insert(now.end(), canary_.launches.begin(), canary_.launches.end());
  auto result = compare::Compare(in_turns_ ? base_.launches : past_.launches, now, options);
  if (!result) return result.error();
  result_ = std::move(*result);
  return {};
}

/// What no launch has settled yet, and what is outside of its band.
std::set<std::string> CiJob::Suspects() const {
  std::set<std::string> suspects;
  if (result_) {
    for (const compare::BenchmarkComparison& benchmark : result_->benchmarks) {
      if (benchmark.verdict != statistics::Verdict::kEquivalent) suspects.insert(benchmark.name);
    }
  }
  suspects.merge([&] {
    const auto names = history::OutsideTheirBand(past_.night.table, past_.night.analysis);
    return std::set<std::string>(names.begin(), names.end());
  }());
  return suspects;
}

/// Suspects are launched as often again, alone; the canary with them, since the machine of these
/// minutes is another one.
Result<void> CiJob::LaunchAgain(const std::set<std::string>& suspects) {
  std::vector<std::string> names;
  std::copy_if(suspects.begin(), suspects.end(), std::back_inserter(names),
               [](const std::string& name) { return !history::IsCanary(name); });
  fmt::print(stderr, "pmubench: measuring {} of {} benchmarks again\n", names.size(),
             now_.runs.front().rows.size());
  now_.filter = base_.filter = ExactFilter(names);
  const std::size_t first = now_.launches.size();
  const std::size_t first_of_canary = canary_.launches.size();
  std::vector<MeasuredSide*> sides;
  if (!names.empty()) sides.push_back(&now_);
  if (!names.empty() && in_turns_) sides.push_back(&base_);
  if (!canary_.binary.empty()) sides.push_back(&canary_);
  if (auto done = Launch(sides); !done) return done;

  std::vector<compare::Launch> again(now_.launches.begin() + static_cast<std::ptrdiff_t>(first),
                                     now_.launches.end());
  again.insert(again.end(), canary_.launches.begin() + static_cast<std::ptrdiff_t>(first_of_canary),
               canary_.launches.end());
  const std::span<const compare::Launch> base = base_.launches;
  history::JudgeReruns(past_.night.table, again, base.subspan(in_turns_ ? first : 0),
                       past_.night.analysis);
  history::ReplaceLast(Merged(), past_.night.table);
  return {};
}

Result<void> CiJob::CompareAndLaunchAgain() {
  const auto looks = statistics::LookSchedule(arguments_.launches, 2 * arguments_.launches, 0.05);
  if (past_.baseline) {
    if (auto done = Compare(looks.front().alpha); !done) return done;
  }
  const std::set<std::string> suspects = Suspects();
  if (suspects.empty()) return {};
  if (auto done = LaunchAgain(suspects); !done) return done;
  return past_.baseline ? Compare(looks.back().alpha) : Result<void>();
}

pages::Report CiJob::MakeReport() const {
  pages::Report report = pages::ReportOfRun(Merged());
  report.title = fmt::format("Benchmarks of {}", *import_.branch);
  if (result_) {
    pages::AddComparison(*result_, *past_.baseline, report);
    report.facts.emplace_back("baseline",
                              in_turns_ ? arguments_.base : past_.baseline->info.commit);
  } else {
    report.warnings.push_back(
        fmt::format("there is no run of branch {} by this machine and configuration yet: nothing "
                    "was compared",
                    baseline_branch_));
  }
  pages::AddNight(past_.night.table, past_.night.analysis,
                  {arguments_.night.recent, /*steps=*/false, in_turns_}, report);
  pages::SettleEnvironment(report, in_turns_);
  if (past_.clock_went_back) report.warnings.push_back(*past_.clock_went_back);
  report.facts.emplace_back("launches", fmt::format("{}", now_.runs.size()));
  return report;
}

int CiJob::ExitCode(const pages::Report& report) const {
  using pages::CountOf;
  using pages::Verdict;
  if (CountOf(report, Verdict::kRegression) > 0) return 1;
  const std::size_t missing = CountOf(report, Verdict::kNotMeasured);
  // The first night has nothing to be compared with; a pull request has to have.
  if (!result_) {
    return missing == report.benchmarks.size() || baseline_branch_ != *import_.branch ? 3 : 0;
  }
  if (report.canary == pages::CanaryState::kMoved && !in_turns_) return 3;
  const bool too_little = result_->benchmarks.empty() || missing > 0 ||
                          result_->Count(statistics::Verdict::kTooFew) > 0;
  if (too_little) return 3;
  const std::size_t open =
      CountOf(report, Verdict::kInconclusive) + CountOf(report, Verdict::kRemoved);
  return arguments_.strict && open > 0 ? 3 : 0;
}

Result<int> CiJob::Run() {
  auto store = store::OpenStore(arguments_.store, store::OpenMode::kCreate);
  if (!store) return store.error();
  store_ = std::move(*store);
  if (auto done = LaunchAll(); !done) return done.error();
  if (auto done = LookAtThePast(); !done) return done.error();
  if (auto done = CompareAndLaunchAgain(); !done) return done.error();
  if (!arguments_.no_import) {
    if (auto added = store_->Add(Merged()); !added) return added.error();
  }
  const pages::Report report = MakeReport();
  const fs::path folder = arguments_.folder;
  const PageFiles files{folder / "report.html", folder / "report.md", folder / "junit.xml",
                        folder / "report.json", folder / "metrics.prom"};
  if (auto done = WritePages(report, files); !done) return done.error();
  return ExitCode(report);
}

}  // namespace

Result<int> RunCiJob(const CiArguments& arguments, const CiContext& context) {
  return CiJob(arguments, context).Run();
}

}  // namespace pmubench
