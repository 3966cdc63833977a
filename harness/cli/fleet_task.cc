// `pmubench fleet task`: what a scheduler runs on a machine. It leaves a bundle and a status, and
// may be run again, elsewhere too: what was done is not done again.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <random>

#include "cli/ci_measure.h"
#include "cli/control.h"
#include "cli/fleet.h"
#include "cli/preload_library.h"
#include "cli/program_folder.h"
#include "cli/verb.h"
#include "fleet/run_seconds.h"
#include "platform/text.h"
#include "reports/compare/compare.h"
#include "reports/history/events.h"
#include "reports/statistics/schedule.h"
#include "reports/store/bundle.h"
#include "reports/store/row_copy.h"
#include "reports/store/sample.h"
#include "runner/exact_filter.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

struct TaskArguments {
  std::string folder;
  int index = -1;
  std::string machine_class;
  int shard = -1;
};

std::string HostName() {
  // Slurm's name of the node: several virtual ones may be on one host.
  if (const char* node = std::getenv("SLURMD_NODENAME"); node != nullptr && *node != '\0') {
    return node;
  }
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Result<std::size_t> IndexOf(const fleet::Job& job, const TaskArguments& arguments) {
  if (arguments.index >= 0 && static_cast<std::size_t>(arguments.index) < job.tasks.size()) {
    return static_cast<std::size_t>(arguments.index);
  }
  const auto tasks = job.TasksOf(arguments.machine_class);
  if (arguments.index < 0 && arguments.shard >= 0 &&
      static_cast<std::size_t>(arguments.shard) < tasks.size()) {
    return tasks[static_cast<std::size_t>(arguments.shard)];
  }
  return Error{
      ErrorCode::kUsage, "the job has no such task",
      fmt::format("give its number, 0 to {}, or --class and --shard", job.tasks.size() - 1)};
}

/// One attempt at a task.
class TaskRun {
 public:
  TaskRun(const fleet::JobFolder& folder, const fleet::Job& job, std::size_t index);

  /// Gives the exit code.
  int Run();

 private:
  [[nodiscard]] bool IsDone() const;
  Result<void> Measure();
  Result<void> Round(const std::string& filter);
  Result<std::vector<std::string>> Suspects() const;
  Result<void> WriteResult(bool complete);
  Result<void> Tell(fleet::TaskState state, const std::string& reason = "");

  const fleet::JobFolder& folder_;
  const fleet::Job& job_;
  const std::size_t index_;
  fleet::TaskStatus status_;
  MeasuredSide suite_, canary_;
  std::mt19937 random_{std::random_device{}()};
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

TaskRun::TaskRun(const fleet::JobFolder& folder, const fleet::Job& job, std::size_t index)
    : folder_(folder), job_(job), index_(index) {
  status_ = fleet::ReadStatus(folder.Status(index));
  suite_ = {"suite", job.binary, job.arguments, "", {}, {}};
  const fs::path canary = ProgramFolder() / "pmubench_canary";
  if (job.canary && fs::exists(canary)) canary_ = {"canary", canary, {}, "", {}, {}};
}

bool TaskRun::IsDone() const {
  const auto bundle = store::ReadBundle(folder_.Bundle(index_), {});
  return bundle && bundle->info.uuid == fleet::TaskUuid(job_, index_) &&
         bundle->info.status == "complete";
}

Result<void> TaskRun::Tell(fleet::TaskState state, const std::string& reason) {
  status_.state = state;
  status_.reason = reason;
  status_.changed_ms = NowMs();
  status_.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  status_.launches = suite_.runs.size();
  return fleet::WriteStatus(status_, folder_.Status(index_));
}

Result<void> TaskRun::Round(const std::string& filter) {
  std::vector<MeasuredSide*> sides = {&suite_};
  if (!canary_.binary.empty()) sides.push_back(&canary_);
  const TurnOptions options{SplitList(job_.metrics), folder_.Task(index_) / "launches",
                            PreloadLibrary()};
  suite_.filter = filter;
  if (auto done = MeasureInTurns(sides, 1, options, random_); !done) return done;
  return Tell(fleet::TaskState::kRunning);
}

/// Benchmarks that the baseline of this kind of machine does not show to be as they were.
Result<std::vector<std::string>> TaskRun::Suspects() const {
  std::vector<std::string> suspects;
  for (int i = 0;; ++i) {
    const fs::path file = folder_.Baseline(job_.tasks[index_].machine_class, i);
    if (!fs::exists(file)) return suspects;
    const auto baseline = store::ReadBundle(file, {});
    if (!baseline) return baseline.error();
    if (baseline->info.machine != suite_.runs.front().info.machine) continue;
    const auto launches = compare::ParseLaunches(store::FormatBundle(*baseline), "the baseline");
    if (!launches) return launches.error();
    compare::CompareOptions options;
    options.alpha = statistics::LookSchedule(job_.launches, 2 * job_.launches, 0.05).front().alpha;
    const auto result = compare::Compare(*launches, suite_.launches, options);
    if (!result) return result.error();
    for (const compare::BenchmarkComparison& one : result->benchmarks) {
      if (!history::IsCanary(one.name) && one.verdict != statistics::Verdict::kEquivalent) {
        suspects.push_back(one.name);
      }
    }
    return suspects;
  }
}

Result<void> TaskRun::Measure() {
  std::error_code error;
  fs::create_directories(folder_.Task(index_) / "launches", error);
  const std::string all = ExactFilter(job_.tasks[index_].benchmarks);
  for (std::size_t i = 0; i < job_.launches; ++i) {
    if (auto done = Round(all); !done) return done;
  }
  const auto suspects = Suspects();
  if (!suspects) return suspects.error();
  if (suspects->empty()) return {};
  fmt::print(stderr, "pmubench: measuring {} of {} benchmarks again\n", suspects->size(),
             job_.tasks[index_].benchmarks.size());
  for (std::size_t i = 0; i < job_.launches; ++i) {
    if (auto done = Round(ExactFilter(*suspects)); !done) return done;
  }
  return {};
}

Result<void> TaskRun::WriteResult(bool complete) {
  store::Run run = store::MergeLaunches(suite_.runs);
  fleet::SecondsOf seconds;
  const fs::path launches = folder_.Task(index_) / "launches";
  for (std::size_t i = 1; i <= suite_.runs.size(); ++i) {
    fleet::AddLoopSeconds(launches / fmt::format("suite-{}.json", i), seconds);
  }
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  fleet::PutRunSeconds(fleet::ScaledTo(seconds, wall), run);
  if (!canary_.runs.empty()) store::AppendRows(store::MergeLaunches(canary_.runs), run);
  run.info.uuid = fleet::TaskUuid(job_, index_);
  run.info.configuration = fleet::ConfigurationOf(job_, job_.tasks[index_].machine_class);
  run.info.branch = job_.branch;
  run.info.commit = job_.commit;
  if (!complete) run.info.status = "partial";
  return store::WriteBundle(run, folder_.Bundle(index_));
}

int TaskRun::Run() {
  if (IsDone()) {
    fmt::print(stderr, "pmubench: task {} is done already\n", index_);
    if (status_.state != fleet::TaskState::kDone) (void)Tell(fleet::TaskState::kDone);
    return 0;
  }
  status_.attempt += 1;
  status_.host = HostName();
  status_.started_ms = NowMs();
  if (auto told = Tell(fleet::TaskState::kRunning); !told) return Fail(told.error());
  auto control = ControlMachine(job_.control);
  const Result<void> measured = control ? Measure() : Result<void>(control.error());
  if (control && *control) {
    for (const std::string& note : (*control)->Undo()) fmt::print(stderr, "pmubench: {}\n", note);
  }
  Result<void> written;
  // What was measured before a failure is kept, and marked.
  if (!suite_.runs.empty()) written = WriteResult(measured.ok());
  if (!measured || !written) {
    const Error error = !measured ? measured.error() : written.error();
    (void)Tell(error.code >= ErrorCode::kNoPmu ? fleet::TaskState::kCannotMeasure
                                               : fleet::TaskState::kFailed,
               error.ToString());
    return Fail(error);
  }
  if (auto told = Tell(fleet::TaskState::kDone); !told) return Fail(told.error());
  return 0;
}

int RunTask(const TaskArguments& arguments) {
  std::error_code error;
  const fleet::JobFolder folder(fs::absolute(arguments.folder, error));
  const auto job = folder.ReadJob();
  if (!job) return Fail(job.error());
  const auto index = IndexOf(*job, arguments);
  if (!index) return Fail(index.error());
  return TaskRun(folder, *job, *index).Run();
}

}  // namespace

void AddFleetTaskVerb(CLI::App& fleet, int& exit_code) {
  auto* verb = fleet.add_subcommand("task", "Run one task of a job on this machine");
  auto arguments = std::make_shared<TaskArguments>();
  verb->add_option("folder", arguments->folder, "the job's folder")->required();
  verb->add_option("index", arguments->index, "which task");
  verb->add_option("--class", arguments->machine_class, "or: of this machine class");
  verb->add_option("--shard", arguments->shard, "its shard, from 0");
  verb->footer(
      R"(Schedulers run it; by hand it repeats a task. A task that is done is not done again.

Exit codes: 0 measured; 2 it failed; 3 this machine cannot measure what was asked. The task's
status file says the same.)");
  verb->callback([arguments, &exit_code] { exit_code = RunTask(*arguments); });
}

}  // namespace pmubench
