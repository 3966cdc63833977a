#include "cli/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/verb.h"
#include "fleet/scripts.h"
#include "platform/whole_file.h"
#include "reports/store/bundle.h"

namespace pmubench {
namespace {

using Json = nlohmann::json;

std::string Duration(std::int64_t ms) {
  const double seconds = static_cast<double>(ms < 0 ? -ms : ms) / 1000;
  return seconds < 7200 ? fmt::format("{:.0f} min", seconds / 60)
                        : fmt::format("{:.1f} h", seconds / 3600);
}

/// Seconds since the file was written, by the file system's clock.
double AgeOf(const std::filesystem::path& file) {
  std::error_code error;
  const auto written = std::filesystem::last_write_time(file, error);
  if (error) return 0;
  const auto age = std::filesystem::file_time_type::clock::now() - written;
  return std::chrono::duration<double>(age).count();
}

std::string ClockNote(const fleet::TaskStatus& status, std::int64_t offset) {
  return fmt::format(
      "the clock of {} is at least {} {}: its times are not used; the run stands at the time it "
      "was submitted",
      status.host, Duration(offset), offset < 0 ? "behind" : "ahead");
}

}  // namespace

std::int64_t NowMs() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

Result<void> WriteSubmission(const fleet::JobFolder& folder, const Submission& submission) {
  const Json json = {{"launcher", submission.launcher}, {"slurm_jobs", submission.slurm_jobs}};
  return WriteWhole(folder.path() / "submission.json", json.dump(1) + "\n");
}

Submission ReadSubmission(const fleet::JobFolder& folder) {
  std::ifstream stream(folder.path() / "submission.json");
  const Json json = Json::parse(stream, nullptr, false);
  Submission submission;
  if (!json.is_object()) return submission;
  submission.launcher = json.value("launcher", "");
  submission.slurm_jobs = json.value("slurm_jobs", std::vector<std::string>());
  return submission;
}

std::size_t JobView::Count(fleet::TaskState state) const {
  return static_cast<std::size_t>(
      std::count_if(tasks.begin(), tasks.end(),
                    [&](const fleet::TaskResult& one) { return one.status.state == state; }));
}

Result<JobView> ReadJobView(const fleet::JobFolder& folder, bool bundles) {
  auto job = folder.ReadJob();
  if (!job) return job.error();
  JobView view{std::move(*job), ReadSubmission(folder), {}, {}, {}, "", {}};
  // The queue before the files: a task that ends in between is done, not lost.
  bool heard = false;
  if (view.submission.launcher == "slurm") {
    auto queue = fleet::ReadQueue(fleet::SchedulerName(view.job));
    heard = queue.ok();
    if (queue) {
      view.queue = std::move(*queue);
    } else {
      view.queue_unknown = queue.error().ToString();
    }
  }
  for (std::size_t i = 0; i < view.job.tasks.size(); ++i) {
    fleet::TaskResult task;
    task.status = fleet::ReadStatus(folder.Status(i));
    const auto queued = view.queue.find(i);
    if (heard) {
      task.status.state =
          fleet::Combine(task.status.state, queued == view.queue.end() ? fleet::QueueState::kGone
                                                                       : queued->second.state);
    }
    if (!heard && task.status.state == fleet::TaskState::kRunning) {
      view.quiet_seconds[i] = AgeOf(folder.Status(i));
    }
    if (const auto offset = fleet::ClockOffset(task.status, view.job.submitted_ms, NowMs())) {
      const std::string note = ClockNote(task.status, *offset);
      if (std::find(view.clocks.begin(), view.clocks.end(), note) == view.clocks.end()) {
        view.clocks.push_back(note);
      }
    }
    if (bundles && std::filesystem::exists(folder.Bundle(i))) {
      if (auto bundle = store::ReadBundle(folder.Bundle(i), {})) {
        task.bundle = std::move(*bundle);
      } else {
        task.status.reason = bundle.error().message;
      }
    }
    view.tasks.push_back(std::move(task));
  }
  return view;
}

void AddFleetVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("fleet", "A suite on many machines: Slurm, ssh, or this one");
  verb->require_subcommand(1);
  AddFleetSubmitVerb(*verb, exit_code);
  AddFleetStatusVerb(*verb, exit_code);
  AddFleetCollectVerb(*verb, exit_code);
  AddFleetReportVerb(*verb, exit_code);
  AddFleetTaskVerb(*verb, exit_code);
  verb->footer(R"(A night on two kinds of machines:
  pmubench fleet submit ./my_bench --launcher slurm --class n1 --class zen4 --out /shared/tonight
  pmubench fleet status /shared/tonight --wait
  pmubench fleet collect /shared/tonight --store postgresql://bench@db.example/history
  pmubench fleet report /shared/tonight --store postgresql://bench@db.example/history

On this machine alone, with a history in a file:
  pmubench fleet submit ./my_bench --out tonight && pmubench fleet collect tonight &&
  pmubench fleet report tonight)");
}

}  // namespace pmubench
