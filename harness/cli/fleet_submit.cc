// `pmubench fleet submit`: a suite cut into tasks, and handed to who runs them.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "cli/bounds.h"
#include "cli/ci_context.h"
#include "cli/fleet.h"
#include "cli/fleet_launch.h"
#include "cli/history_store.h"
#include "cli/program_folder.h"
#include "cli/suite_binary.h"
#include "cli/verb.h"
#include "fleet/run_seconds.h"
#include "fleet/shards.h"
#include "platform/control_plan.h"
#include "reports/record.h"
#include "reports/store/bundle.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

// One filter names all benchmarks of a shard: a longer one is slow to match and does not fit the
// command line (Linux takes 128 KiB an argument).
constexpr std::size_t kMostBenchmarks = 500;
// What a benchmark is taken for that never ran: Google Benchmark's 0.5 s a launch, and its set-up.
constexpr double kUnknownLaunchSeconds = 0.7;

struct SubmitArguments {
  std::string suite;
  std::vector<std::string> arguments;
  std::string store, folder, launcher = "local", print_script;
  std::vector<std::string> classes, hosts, slurm_options;
  std::string ssh = "ssh", tool, baseline, control;
  ImportFlags flags;
  std::string metrics = "basic";
  std::size_t launches = 10, shards = 0;
  double shard_seconds = 600;
  bool no_canary = false, again = false;
  fleet::ScriptOptions script;
  std::string format = "text";
};

std::string FolderName(const fleet::Job& job) {
  std::string time = store::FormatTime(job.submitted_ms);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return fmt::format("pmubench-fleet/{}-{}", time, job.id.substr(0, 8));
}

/// "CLASS=HOST", several times.
Result<std::map<std::string, std::vector<std::string>>> HostsByClass(
    const std::vector<std::string>& given) {
  std::map<std::string, std::vector<std::string>> hosts;
  for (const std::string& one : given) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == one.size() ||
        one[equals + 1] == '-') {
      return Error{ErrorCode::kUsage, fmt::format("--host '{}' is not CLASS=HOST", one),
                   "give for example --host zen4=bench@node7"};
    }
    hosts[one.substr(0, equals)].push_back(one.substr(equals + 1));
  }
  return hosts;
}

class Submit {
 public:
  explicit Submit(const SubmitArguments& arguments) : arguments_(arguments) {}

  Result<int> Run();

 private:
  Result<void> Describe();
  Result<void> FindClasses();
  Result<void> FindBaselines();
  Result<void> Cut();
  Result<void> Open();
  Result<void> Launch();
  [[nodiscard]] fs::path Folder() const;
  [[nodiscard]] int Report() const;

  const SubmitArguments& arguments_;
  fleet::Job job_;
  std::map<std::string, std::vector<std::string>> hosts_;
  std::map<std::string, std::vector<store::Run>> baselines_;  ///< by class, one a kind of machine
  std::vector<std::size_t> tasks_;                            ///< to be launched
  Submission submission_;
};

fs::path Submit::Folder() const {
  std::error_code error;
  return fs::absolute(arguments_.folder.empty() ? FolderName(job_) : arguments_.folder, error)
      .lexically_normal();
}

Result<void> Submit::Describe() {
  const auto binary = SuiteBinary(arguments_.suite);
  if (!binary) return binary.error();
  const CiContext context = ReadCiContext([](const std::string& name) -> std::string {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? "" : value;
  });
  const auto either = [](const std::string& given, const std::string& otherwise) {
    return given.empty() ? otherwise : given;
  };
  auto options = arguments_.flags.Options();
  if (!options) return options.error();
  job_.id = NewRunId();
  job_.submitted_ms = options->started_ms.value_or(NowMs());
  job_.binary = fs::absolute(*binary).lexically_normal().string();
  job_.arguments = arguments_.arguments;
  job_.metrics = arguments_.metrics;
  job_.launches = arguments_.launches;
  job_.canary = !arguments_.no_canary;
  if (const auto known = ParseControl(arguments_.control); !known) return known.error();
  job_.control = arguments_.control;
  job_.configuration = arguments_.flags.configuration;
  job_.branch = either(arguments_.flags.branch, either(context.branch, "main"));
  job_.commit = either(arguments_.flags.commit, context.commit);
  return {};
}

Result<void> Submit::FindClasses() {
  auto hosts = HostsByClass(arguments_.hosts);
  if (!hosts) return hosts.error();
  hosts_ = std::move(*hosts);
  std::vector<std::string> names = arguments_.classes;
  if (names.empty()) {
    for (const auto& [machine_class, list] : hosts_) names.push_back(machine_class);
  }
  if (names.empty() && arguments_.launcher == "local") names.emplace_back("local");
  if (names.empty()) {
    return Error{ErrorCode::kUsage, "no machine class is named",
                 "give --class NAME for each kind of machine (Slurm: a feature of its nodes)"};
  }
  for (const std::string& name : names) {
    auto parsed = fleet::ParseClass(name);
    if (!parsed) return parsed.error();
    const bool twice =
        std::any_of(job_.classes.begin(), job_.classes.end(),
                    [&](const fleet::MachineClass& one) { return one.name == parsed->name; });
    if (twice) {
      return Error{ErrorCode::kUsage, fmt::format("class {} is named twice", parsed->name), ""};
    }
    job_.classes.push_back(std::move(*parsed));
  }
  if (arguments_.launcher == "local" && arguments_.print_script.empty() &&
      job_.classes.size() > 1) {
    return Error{ErrorCode::kUsage, "this machine alone is of one class",
                 "give --launcher slurm or ssh for several"};
  }
  return {};
}

/// The newest run of each kind of machine in each class: tonight's is compared with it, and tells
/// from it how long a benchmark takes.
Result<void> Submit::FindBaselines() {
  auto store = store::OpenStore(arguments_.store, store::OpenMode::kRead);
  if (!store) {
    // The first job of all: there is no history yet.
    if (store.error().code == ErrorCode::kNotFound) return {};
    return store.error();
  }
  for (const fleet::MachineClass& one : job_.classes) {
    store::RunFilter filter;
    filter.configuration = fleet::ConfigurationOf(job_, one.name);
    filter.branch = arguments_.baseline.empty() ? job_.branch : arguments_.baseline;
    const auto runs = (*store)->Runs(filter);
    if (!runs) return runs.error();
    std::map<std::string, std::string> newest;
    for (const store::RunInfo& run : *runs) newest[run.machine] = run.uuid;
    for (const auto& [machine, uuid] : newest) {
      auto run = (*store)->Read(uuid);
      if (!run) return run.error();
      baselines_[one.name].push_back(std::move(*run));
    }
  }
  return {};
}

Result<void> Submit::Cut() {
  const auto names = ListBenchmarks(job_.binary, job_.arguments);
  if (!names) return names.error();
  for (const fleet::MachineClass& one : job_.classes) {
    fleet::SecondsOf known;
    for (const store::Run& run : baselines_[one.name]) known.merge(fleet::GetRunSeconds(run));
    std::vector<fleet::TimedBenchmark> benchmarks;
    for (const std::string& name : *names) {
      const auto found = known.find(name);
      benchmarks.push_back({name, found != known.end() ? found->second
                                                       : kUnknownLaunchSeconds *
                                                             static_cast<double>(job_.launches)});
    }
    std::size_t count = arguments_.shards > 0
                            ? arguments_.shards
                            : fleet::ShardCount(benchmarks, arguments_.shard_seconds);
    std::vector<fleet::Shard> shards;
    const auto fits = [](const fleet::Shard& shard) {
      return shard.benchmarks.size() <= kMostBenchmarks;
    };
    do {
      shards = fleet::Balance(benchmarks, count++);
    } while (!std::all_of(shards.begin(), shards.end(), fits));
    for (fleet::Shard& shard : shards) {
      job_.tasks.push_back({one.name, std::move(shard.benchmarks), shard.seconds});
    }
  }
  for (std::size_t i = 0; i < job_.tasks.size(); ++i) tasks_.push_back(i);
  return {};
}

/// Makes the job's folder, or finds what is left to be done in the one of --again.
Result<void> Submit::Open() {
  const fleet::JobFolder folder(Folder());
  if (!arguments_.again) {
    for (const auto step :
         {&Submit::Describe, &Submit::FindClasses, &Submit::FindBaselines, &Submit::Cut}) {
      if (auto done = (this->*step)(); !done) return done;
    }
    const fleet::JobFolder made(Folder());
    if (auto written = made.WriteJob(job_); !written) return written;
    for (const auto& [machine_class, runs] : baselines_) {
      for (std::size_t i = 0; i < runs.size(); ++i) {
        auto written =
            store::WriteBundle(runs[i], made.Baseline(machine_class, static_cast<int>(i)));
        if (!written) return written;
      }
    }
    return {};
  }
  auto hosts = HostsByClass(arguments_.hosts);
  if (!hosts) return hosts.error();
  hosts_ = std::move(*hosts);
  const auto view = ReadJobView(folder, false);
  if (!view) return view.error();
  job_ = view->job;
  submission_ = view->submission;
  for (std::size_t i = 0; i < view->tasks.size(); ++i) {
    const fleet::TaskState state = view->tasks[i].status.state;
    const bool queued = view->queue.contains(i);
    if (state != fleet::TaskState::kDone && !queued) tasks_.push_back(i);
  }
  return {};
}

Result<void> Submit::Launch() {
  const fleet::JobFolder folder(Folder());
  submission_.launcher = arguments_.print_script.empty() ? arguments_.launcher : "script";
  fleet::ScriptOptions script = arguments_.script;
  const std::string here = (ProgramFolder() / "pmubench").string();
  script.tool = arguments_.tool.empty() ? here : arguments_.tool;
  script.folder = folder.path().string();
  script.slurm_options = arguments_.slurm_options;
  if (!arguments_.print_script.empty()) {
    auto text = fleet::PrintScript(arguments_.print_script, job_, script);
    if (!text) return text.error();
    std::cout << *text << std::flush;
    return WriteSubmission(folder, submission_);
  }
  if (auto written = WriteSubmission(folder, submission_); !written) return written;
  if (arguments_.launcher == "local") return LaunchHere(folder, tasks_, script.tool);
  if (arguments_.launcher == "ssh") {
    return LaunchBySsh(folder, job_, tasks_, {arguments_.ssh, hosts_, script.tool});
  }
  auto numbers = LaunchBySlurm(folder, job_, tasks_, script);
  if (!numbers) return numbers.error();
  for (std::string& one : *numbers) submission_.slurm_jobs.push_back(std::move(one));
  return WriteSubmission(folder, submission_);
}

int Submit::Report() const {
  const std::string folder = Folder().string();
  const auto view = ReadJobView(fleet::JobFolder(folder), false);
  const bool ended = arguments_.launcher != "slurm" && arguments_.print_script.empty();
  const std::size_t done = view ? view->Count(fleet::TaskState::kDone) : 0;
  // Standard output is the script's, or JSON's alone.
  if (!arguments_.print_script.empty()) {
    fmt::print(stderr, "pmubench: job: {}\n", folder);
  } else if (arguments_.format == "json") {
    fmt::print("{{\"job\": \"{}\", \"tasks\": {}, \"submitted\": {}, \"done\": {}}}\n", job_.id,
               job_.tasks.size(), tasks_.size(), done);
    fmt::print(stderr, "pmubench: job: {}\n", folder);
  } else {
    fmt::print("{}\n{} tasks, {} of them submitted now{}\n", folder, job_.tasks.size(),
               tasks_.size(), ended ? fmt::format(", {} done", done) : "");
  }
  if (!ended || done == job_.tasks.size()) return 0;
  fmt::print(stderr, "pmubench: {} of {} tasks are not done: `pmubench fleet status {}`\n",
             job_.tasks.size() - done, job_.tasks.size(), folder);
  return view && view->Count(fleet::TaskState::kCannotMeasure) > 0 ? 3 : 1;
}

Result<int> Submit::Run() {
  if (arguments_.again && arguments_.folder.empty()) {
    return Error{ErrorCode::kUsage, "--again of which job?", "name its folder with --out"};
  }
  if (auto done = Open(); !done) return done.error();
  if (!tasks_.empty()) {
    if (auto done = Launch(); !done) return done.error();
  }
  return Report();
}

int RunSubmit(const SubmitArguments& arguments) {
  const auto code = Submit(arguments).Run();
  return code ? *code : Fail(code.error());
}

}  // namespace

void AddFleetSubmitVerb(CLI::App& fleet, int& exit_code) {
  auto* verb = fleet.add_subcommand("submit", "Cut a suite into tasks and have them run");
  auto arguments = std::make_shared<SubmitArguments>();
  verb->add_option("suite", arguments->suite,
                   "a bundled workload's name or a Google Benchmark binary, at the same path on "
                   "every machine");
  verb->add_option("arguments", arguments->arguments, "for the binary, after --");
  AddStoreOption(*verb, arguments->store);
  verb->add_option("--out", arguments->folder,
                   "the job's folder, which every machine sees under this path (default: "
                   "pmubench-fleet/TIME-ID here)");
  verb->add_option("--launcher", arguments->launcher,
                   "local: this machine, now; ssh: the hosts of --host, now; slurm: sbatch")
      ->check(CLI::IsMember({"local", "ssh", "slurm"}))
      ->capture_default_str();
  verb->add_option("--class", arguments->classes,
                   "a machine class, NAME or NAME=CONSTRAINT; may be repeated");
  verb->add_option("--host", arguments->hosts, "CLASS=USER@HOST for ssh; may be repeated");
  verb->add_option("--print-script", arguments->print_script,
                   "print what runs the tasks and start nothing: sh, slurm, jenkins, buildkite, "
                   "kubernetes")
      ->check(CLI::IsMember(fleet::ScriptKinds()));
  verb->add_option("--slurm", arguments->slurm_options,
                   "an option for sbatch, e.g. --slurm=--partition=bench; may be repeated");
  verb->add_option("--ssh", arguments->ssh, "the command that reaches a host")
      ->capture_default_str();
  verb->add_option("--tool", arguments->tool, "pmubench on the machines (default: this path)");
  verb->add_option("--image", arguments->script.image, "for kubernetes: the container's image")
      ->capture_default_str();
  verb->add_option("--claim", arguments->script.volume_claim,
                   "for kubernetes: the volume claim that holds the job's folder")
      ->capture_default_str();
  verb->add_option("--launches", arguments->launches,
                   "launches of each benchmark; what they do not settle is launched as often again")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--shard-seconds", arguments->shard_seconds,
                   "a task takes about so long, by the times of the class's last run")
      ->check(CLI::Range(1e-3, kMostSeconds))
      ->capture_default_str();
  verb->add_option("--shards", arguments->shards, "so many tasks a class instead");
  verb->add_option("--metrics", arguments->metrics, "names of metrics or sets, with commas")
      ->capture_default_str();
  verb->add_option("--baseline", arguments->baseline,
                   "compare with the newest run of this branch (default: the branch itself)");
  verb->add_option(
      "--control", arguments->control,
      "settings of the machines meanwhile, NAME=VALUE,... (`pmubench control --help`)");
  AddImportFlags(*verb, arguments->flags);
  verb->add_flag("--no-canary", arguments->no_canary,
                 "do not run pmubench_canary, the fixed program that tells when a machine moved");
  verb->add_flag("--again", arguments->again,
                 "submit those tasks of the job in --out that are not done and not queued");
  AddFormat(*verb, arguments->format);
  verb->footer(
      R"(With local and ssh it returns when all tasks have ended: exit code 0 all are done, 1 some are
not, 3 a machine cannot measure. With slurm it returns at once: `pmubench fleet status` tells.

Examples:
  pmubench fleet submit ./my_bench --out tonight
  pmubench fleet submit ./my_bench --launcher slurm --class n1 --class zen4 --out /shared/tonight
  pmubench fleet submit ./my_bench --launcher ssh --host zen4=bench@node7 --out /shared/tonight
  pmubench fleet submit --again --launcher slurm --out /shared/tonight)");
  verb->callback([arguments, &exit_code] { exit_code = RunSubmit(*arguments); });
}

}  // namespace pmubench
