// `pmubench stat`: metrics of a command, of running processes, a cgroup or the whole machine.
#include "runner/stat.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/bounds.h"
#include "cli/stat_output.h"
#include "cli/stat_replay.h"
#include "cli/verb.h"
#include "platform/text.h"

namespace pmubench {
namespace {

struct StatOptions {
  std::vector<std::string> command;
  std::string metrics = "basic";
  std::string catalogue_file;
  std::vector<pid_t> pids;
  std::string cgroup;
  std::string switching = "ours";
  std::string format = "text";
  std::string out;
  std::string replay;
  std::string cpu;
  double turn_ms = 4;
  double interval_ms = 0;
  double duration_s = 0;
  bool all_cpus = false;
  bool per_thread = false;
  bool kernel = false;
};

std::chrono::nanoseconds Duration(double seconds) {
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

Result<StatRequest> RequestOf(const StatOptions& options) {
  const int targets = (options.pids.empty() ? 0 : 1) + (options.cgroup.empty() ? 0 : 1) +
                      (options.all_cpus ? 1 : 0);
  if (targets > 1) {
    return Error{ErrorCode::kUsage, "--pid, --cgroup and --all-cpus exclude each other", ""};
  }
  if (targets == 0 && options.command.empty()) {
    return Error{ErrorCode::kUsage, "nothing to count",
                 "give a command after --, or --pid, --cgroup or --all-cpus"};
  }
  const bool tasks = options.cgroup.empty() && !options.all_cpus;
  if (options.per_thread && !tasks) {
    return Error{ErrorCode::kUsage, "--per-thread needs a command or --pid",
                 "CPUs and cgroups are counted as a whole"};
  }
  StatRequest request;
  request.command = options.command;
  request.target.kind = options.all_cpus          ? TargetKind::kCpus
                        : !options.cgroup.empty() ? TargetKind::kCgroup
                        : options.per_thread      ? TargetKind::kThreads
                                                  : TargetKind::kProcesses;
  request.target.pids = options.pids;
  request.target.cgroup = options.cgroup;
  request.switching = options.switching == "ours" ? Switching::kByUs : Switching::kByKernel;
  request.turn = Duration(options.turn_ms * 1e-3);
  request.interval = Duration(options.interval_ms * 1e-3);
  request.duration = Duration(options.duration_s);
  request.command_to_stderr = options.format == "json" && options.out.empty();
  return request;
}

/// Whether nothing that was asked for can be measured, and whether something that was asked for
/// by its name cannot.
struct Missing {
  bool all = true;
  bool named = false;
};

Missing MissingIn(const MeasurementPlan& plan, const std::vector<std::string>& names) {
  Missing result;
  for (const CatalogueMetric& metric : plan.metrics) {
    const bool missing =
        std::any_of(metric.events.begin(), metric.events.end(),
                    [&](const std::string& event) { return plan.missing.contains(event); });
    if (!missing && !metric.events.empty()) result.all = false;
    const bool named = std::find(names.begin(), names.end(), metric.name) != names.end();
    if (missing && named) result.named = true;
  }
  return result;
}

/// Where the results go: a file, standard output for JSON, standard error for text, as perf does:
/// standard output is the command's.
class Sink {
 public:
  static Result<Sink> Open(const StatOptions& options) {
    Sink sink;
    sink.json_ = options.format == "json";
    if (options.out.empty()) return sink;
    sink.file_ = std::make_unique<std::ofstream>(options.out);
    if (*sink.file_) return sink;
    return Error{ErrorCode::kBadInput, fmt::format("cannot write {}", options.out),
                 "give another file"};
  }
  [[nodiscard]] bool json() const { return json_; }
  void Write(const std::string& text) {
    std::ostream& out = file_ ? *file_ : json_ ? std::cout : std::cerr;
    out << text << std::flush;
    written_ = written_ && out.good();
  }
  /// `exit_code`, or that of what could not be written.
  int End(int exit_code) const {
    return written_ ? exit_code
                    : Fail({ErrorCode::kSystem, "the result could not be written whole",
                            "is the disk full?"});
  }

 private:
  bool written_ = true;
  std::unique_ptr<std::ofstream> file_;
  bool json_ = false;
};

int RunReplay(const StatOptions& options) {
  auto sink = Sink::Open(options);
  if (!sink) return Fail(sink.error());
  const auto replay = ReplayPerfStat(
      {options.replay, options.cpu, options.catalogue_file, SplitList(options.metrics)});
  if (!replay) return Fail(replay.error());
  sink->Write(sink->json() ? ReplayJson(*replay) + '\n' : ReplayText(*replay));
  return sink->End(0);
}

int RunStatVerb(const StatOptions& options) {
  if (!options.replay.empty()) return RunReplay(options);
  auto request = RequestOf(options);
  if (!request) return Fail(request.error());
  auto sink = Sink::Open(options);
  if (!sink) return Fail(sink.error());
  MeasurementRequest measurement;
  measurement.metrics = SplitList(options.metrics);
  measurement.catalogue_file = options.catalogue_file;
  measurement.count_kernel = options.kernel;
  auto plan = PrepareMeasurement(measurement, SystemKernel());
  if (!plan) return Fail(plan.error());
  const Missing missing = MissingIn(*plan, measurement.metrics);
  if (missing.all) {
    for (const std::string& line : DescribeMissing(*plan))
      fmt::print(stderr, "pmubench: {}\n", line);
    return Fail({ErrorCode::kNoPmu, "nothing that was asked for can be measured here",
                 "`pmubench doctor` says what can"});
  }
  request->target.cpus = plan->cpus;
  const auto on_interval = [&](const StatReport& report, const StatSetup&) {
    sink->Write(sink->json()
                    ? nlohmann::ordered_json{{"interval", IntervalJson(report)}}.dump() + '\n'
                    : IntervalText(report));
  };
  auto end = RunStat(*request, *plan, SystemKernel(), on_interval);
  if (!end) return Fail(end.error());
  end->notes.insert(end->notes.end(), plan->remarks.begin(), plan->remarks.end());
  // With intervals every line is a JSON document of its own.
  const int indent = request->interval.count() > 0 ? -1 : 2;
  sink->Write(sink->json() ? StatJson(*request, *end)
                                     .dump(indent, ' ', false,
                                           nlohmann::ordered_json::error_handler_t::replace) +
                                 '\n'
                           : StatText(*request, *end));
  const bool ended_by_us = request->duration.count() > 0;
  if (end->command && end->command->exit_code != 0 && !ended_by_us) {
    return sink->End(end->command->exit_code);
  }
  return sink->End(missing.named ? 3 : 0);
}

}  // namespace

void AddStatVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("stat", "Metrics of a command, processes, a cgroup or all CPUs");
  auto options = std::make_shared<StatOptions>();
  verb->add_option("command", options->command, "what to start and count, after --");
  verb->add_option("--metrics", options->metrics, "names of metrics or sets, with commas")
      ->capture_default_str();
  verb->add_option("-p,--pid", options->pids, "processes that run already: all their threads")
      ->delimiter(',')
      ->check(CLI::Range(1, kMostPid));
  verb->add_option("--cgroup", options->cgroup, "a cgroup, by its path below /sys/fs/cgroup");
  verb->add_flag("-a,--all-cpus", options->all_cpus, "the whole machine");
  verb->add_flag("--per-thread", options->per_thread, "each thread by itself, and all together");
  verb->add_option("-I,--interval", options->interval_ms, "report every so many milliseconds too")
      ->check(CLI::Range(10.0, 1e9));
  verb->add_option("--duration", options->duration_s, "stop after so many seconds")
      ->check(CLI::Range(0.001, 1e9));
  verb->add_option("--switching", options->switching,
                   "who rotates the groups: ours (equal turns), or kernel")
      ->check(CLI::IsMember({"ours", "kernel"}))
      ->capture_default_str();
  verb->add_option("--turn", options->turn_ms, "length of a turn in milliseconds")
      ->check(CLI::Range(1.0, 10'000.0))
      ->capture_default_str();
  verb->add_flag("--kernel", options->kernel, "count hardware events in kernel mode too");
  verb->add_option("--catalogue", options->catalogue_file, "events and metrics of your own (JSON)");
  auto* replay = verb->add_option("--replay", options->replay,
                                  "evaluate a recording of perf stat -x instead of counting");
  verb->add_option("--cpu", options->cpu, "the core of the recording, e.g. ice-lake-sp")
      ->needs(replay);
  verb->add_option("-o,--out", options->out, "write the result to a file");
  AddFormat(*verb, options->format);
  verb->footer(
      R"(The result goes to standard error, JSON to standard output (the command's own standard output then
goes to standard error); --out FILE writes either to a file. With --pid, --cgroup or --all-cpus a command
only says how long to count. Ctrl-C ends the counting and prints what was counted.

95 %: the interval that holds the value of the whole run, from the spread between turns.
ratio: the share of the time that the metric was measured for; 1 is all of it.

Examples:
  pmubench stat -- sort big.txt
  pmubench stat --metrics basic,caches --interval 1000 --pid 4711
  sudo pmubench stat --all-cpus -- sleep 10
  pmubench stat --replay perf.txt --cpu ice-lake-sp --metrics basic,caches
  pmubench stat --per-thread --format json --out stat.json -- ./server --once

Exit code: the command's own; without one 0. 2 wrong use, 3 where a metric that was asked for by
name cannot be measured here.)");
  verb->callback([options, &exit_code] { exit_code = RunStatVerb(*options); });
}

}  // namespace pmubench
