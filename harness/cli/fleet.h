// `pmubench fleet`: one suite on many machines. What its subcommands share.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "fleet/class_run.h"
#include "fleet/job.h"
#include "fleet/slurm.h"
#include "pmubench/result.h"

namespace CLI {
class App;
}

namespace pmubench {

/// Who was told to run a job's tasks, kept in its folder.
struct Submission {
  std::string launcher;                 ///< "local", "ssh", "slurm" or "script"
  std::vector<std::string> slurm_jobs;  ///< Slurm's numbers
};
[[nodiscard]] Result<void> WriteSubmission(const fleet::JobFolder& folder,
                                           const Submission& submission);
[[nodiscard]] Submission ReadSubmission(const fleet::JobFolder& folder);

/// A job as it stands.
struct JobView {
  fleet::Job job;
  Submission submission;
  std::vector<fleet::TaskResult> tasks;            ///< parallel to job.tasks
  std::map<std::size_t, fleet::QueuedTask> queue;  ///< what Slurm still has
  std::vector<std::string> clocks;                 ///< what is wrong with machines' clocks
  std::string queue_unknown;                       ///< why the scheduler was not heard
  /// Running tasks that no scheduler was asked about: seconds since their last sign.
  std::map<std::size_t, double> quiet_seconds;

  [[nodiscard]] std::size_t Count(fleet::TaskState state) const;
};

/// Reads status files and the scheduler's queue; with `bundles` what was measured too.
[[nodiscard]] Result<JobView> ReadJobView(const fleet::JobFolder& folder, bool bundles);

/// Milliseconds since 1970 by this machine's clock.
[[nodiscard]] std::int64_t NowMs();

// Each adds a subcommand to `fleet`.
void AddFleetSubmitVerb(CLI::App& fleet, int& exit_code);
void AddFleetTaskVerb(CLI::App& fleet, int& exit_code);
void AddFleetStatusVerb(CLI::App& fleet, int& exit_code);
void AddFleetCollectVerb(CLI::App& fleet, int& exit_code);
void AddFleetReportVerb(CLI::App& fleet, int& exit_code);

/// The verb itself, with all of them.
void AddFleetVerb(CLI::App& app, int& exit_code);

}  // namespace pmubench
