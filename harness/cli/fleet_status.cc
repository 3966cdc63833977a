// `pmubench fleet status`: how far a job's tasks are.
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/fleet.h"
#include "cli/verb.h"
#include "reports/pages/text_format.h"
#include "reports/store/bundle.h"
#include "runner/terminal_progress.h"

namespace pmubench {
namespace {

using fleet::TaskState;
using Json = nlohmann::ordered_json;

// A task tells after each launch of its shard.
constexpr double kQuietSeconds = 600;

struct StatusArguments {
  std::string folder;
  bool wait = false;
  double timeout = 0;
  std::string format = "text";
};

bool AllSettled(const JobView& view) {
  for (const fleet::TaskResult& task : view.tasks) {
    if (!fleet::IsSettled(task.status.state)) return false;
  }
  return true;
}

std::string Counts(const JobView& view) {
  std::string text = fmt::format("{} tasks", view.tasks.size());
  for (const TaskState state : {TaskState::kDone, TaskState::kRunning, TaskState::kWaiting,
                                TaskState::kFailed, TaskState::kCannotMeasure, TaskState::kLost}) {
    if (const std::size_t count = view.Count(state); count > 0) {
      text += fmt::format(", {} {}", count, fleet::StateName(state));
    }
  }
  return text;
}

std::string NoteOf(const JobView& view, std::size_t task) {
  const fleet::TaskStatus& status = view.tasks[task].status;
  if (!status.reason.empty()) return status.reason;
  const auto quiet = view.quiet_seconds.find(task);
  if (quiet != view.quiet_seconds.end() && quiet->second > kQuietSeconds) {
    return fmt::format("no sign of it for {:.0f} min; if it is gone, submit --again",
                       quiet->second / 60);
  }
  const auto queued = view.queue.find(task);
  return queued == view.queue.end() ? "" : queued->second.why;
}

std::string Text(const JobView& view) {
  std::string text = fmt::format("job {} of {}, {}\n", view.job.id,
                                 store::FormatTime(view.job.submitted_ms), Counts(view));
  if (!view.queue_unknown.empty()) text += "  note: " + view.queue_unknown + "\n";
  for (const std::string& clock : view.clocks) text += "  note: " + clock + "\n";
  text += fmt::format("{:>5}  {:<12} {:<14} {:<16} {:>7} {:>8} {:>8} {:>8}  {}\n", "task", "class",
                      "state", "host", "attempt", "launches", "took s", "plan s", "note");
  for (std::size_t i = 0; i < view.tasks.size(); ++i) {
    const fleet::TaskStatus& status = view.tasks[i].status;
    text +=
        fmt::format("{:>5}  {:<12} {:<14} {:<16} {:>7} {:>8} {:>8.1f} {:>8.1f}  {}\n", i,
                    view.job.tasks[i].machine_class, fleet::StateName(status.state),
                    pages::Printable(status.host), status.attempt, status.launches, status.seconds,
                    view.job.tasks[i].expected_seconds, pages::Printable(NoteOf(view, i)));
  }
  return text;
}

std::string JsonText(const JobView& view) {
  Json tasks = Json::array();
  for (std::size_t i = 0; i < view.tasks.size(); ++i) {
    const fleet::TaskStatus& status = view.tasks[i].status;
    tasks.push_back({{"task", i},
                     {"class", view.job.tasks[i].machine_class},
                     {"state", fleet::StateName(status.state)},
                     {"host", status.host},
                     {"attempt", status.attempt},
                     {"launches", status.launches},
                     {"seconds", status.seconds},
                     {"expected_seconds", view.job.tasks[i].expected_seconds},
                     {"benchmarks", view.job.tasks[i].benchmarks.size()},
                     {"note", NoteOf(view, i)}});
  }
  const Json json = {{"job", view.job.id},
                     {"submitted_ms", view.job.submitted_ms},
                     {"launcher", view.submission.launcher},
                     {"clocks", view.clocks},
                     {"scheduler_not_heard", view.queue_unknown},
                     {"tasks", std::move(tasks)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// 1 where a task will not come to a good end by itself; 3 where a machine cannot measure.
int CodeOf(const JobView& view) {
  if (view.Count(TaskState::kCannotMeasure) > 0) return 3;
  return view.Count(TaskState::kFailed) + view.Count(TaskState::kLost) > 0 ? 1 : 0;
}

int Status(const StatusArguments& arguments) {
  const fleet::JobFolder folder(std::filesystem::absolute(arguments.folder));
  auto view = ReadJobView(folder, false);
  if (!view) return Fail(view.error());
  const auto begin = std::chrono::steady_clock::now();
  TerminalProgress progress;
  while (arguments.wait && !AllSettled(*view)) {
    progress.Show(Counts(*view));
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - begin;
    if (arguments.timeout > 0 && waited.count() > arguments.timeout) break;
    // squeue asks the controller each time: once a second is what its authors allow.
    std::this_thread::sleep_for(std::chrono::seconds(1));
    view = ReadJobView(folder, false);
    if (!view) return Fail(view.error());
  }
  progress.Clear();
  std::cout << (arguments.format == "json" ? JsonText(*view) : Text(*view));
  if (arguments.wait && !AllSettled(*view)) return 1;
  return CodeOf(*view);
}

}  // namespace

void AddFleetStatusVerb(CLI::App& fleet, int& exit_code) {
  auto* verb = fleet.add_subcommand("status", "How far a job's tasks are");
  auto arguments = std::make_shared<StatusArguments>();
  verb->add_option("folder", arguments->folder, "the job's folder")->required();
  verb->add_flag("--wait", arguments->wait, "wait until every task has ended, well or not");
  verb->add_option("--timeout", arguments->timeout, "wait at most so many seconds");
  AddFormat(*verb, arguments->format);
  verb->footer(
      R"(States: waiting, running, done, failed, cannot measure, and lost: begun or submitted, and its
scheduler knows it no more. Slurm gives the tasks of a lost node to another by itself, some
minutes later; `pmubench fleet submit --again --out FOLDER` submits what is lost or failed.

Exit codes: 0 all done or on their way; 1 some failed or lost, or --timeout is over; 3 a machine
cannot measure.)");
  verb->callback([arguments, &exit_code] { exit_code = Status(*arguments); });
}

}  // namespace pmubench
