// `pmubench pgo record`: branch stacks of a command, a process or perf's text, as a profile.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "branches/aggregate.h"
#include "branches/perf_data.h"
#include "branches/perf_recorder.h"
#include "branches/perf_script.h"
#include "branches/step_recorder.h"
#include "cli/pgo.h"
#include "cli/pgo_tools.h"
#include "counters/kernel.h"
#include "platform/cpu_list.h"
#include "platform/files.h"
#include "runner/child.h"

namespace pmubench {
namespace {

volatile std::sig_atomic_t interrupted = 0;

struct RecordOptions {
  std::string output = "pmubench.branches";
  std::string source = "auto";
  std::string import_text;
  std::string import_data;
  std::string binary;
  std::string perf_data;
  std::string benchmark;
  std::string only;
  std::string format = "text";
  pid_t pid = 0;
  long interval_us = 1500;
  int depth = 32;
  double seconds = 0;
  bool append = false;
  std::vector<std::string> command;
};

// Ctrl-C ends the recording, not the tool: what was seen is written.
class InterruptGuard {
 public:
  InterruptGuard() {
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    sigaction(SIGINT, &action, &before_);
  }
  ~InterruptGuard() { sigaction(SIGINT, &before_, nullptr); }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  struct sigaction before_ {};
};

Result<BranchSource> Choose(const std::vector<BranchSource>& sources, const std::string& wanted) {
  std::string known;
  for (const BranchSource& source : sources) {
    const bool stacks = source.name == "lbr" || source.name == "brs" || source.name == "brbe";
    if (wanted == "auto" ? source.usable && source.name != "etm"
                         : source.name == wanted || (wanted == "perf" && stacks)) {
      if (source.usable) return source;
      return Error{ErrorCode::kNoPmu,
                   fmt::format("{} cannot be used here: {}", source.title, source.reason),
                   "--source software needs no PMU"};
    }
    known += (known.empty() ? "" : ", ") + source.name;
  }
  return Error{ErrorCode::kUsage, fmt::format("there is no branch source \"{}\"", wanted),
               "choose auto, perf or one of " + known};
}

Result<int> ByStepping(const RecordOptions& options, BranchSink& sink, std::string& summary) {
  StepOptions step;
  step.interval = std::chrono::microseconds(options.interval_us);
  step.depth = options.depth;
  step.seconds = options.seconds;
  step.only = options.only;
  step.interrupted = [] { return interrupted != 0; };
  auto report = options.pid != 0 ? RecordProcessByStepping(options.pid, step, sink)
                                 : RecordCommandByStepping(options.command, step, sink);
  if (!report) return report.error();
  summary = fmt::format("{} stacks, {} instructions stepped, {:.2f} of {:.2f} s in stops, "
                        "{} processes, {} threads",
                        report->stacks, report->steps, report->stepping_seconds,
                        report->wall_seconds, report->processes, report->threads);
  return report->exit_code;
}

Result<int> ByPerfEvent(const RecordOptions& options, const BranchSource& source,
                        const Permissions& permissions, BranchSink& sink, std::string& summary) {
  PerfRecordOptions perf;
  perf.event = source.event;
  perf.branches = source.name != "cpu-clock";
  // A prime number of cycles; BRS takes fixed periods only.
  perf.period = perf.branches ? 1000003 : 0;
  perf.frequency = 4000;
  perf.seconds = options.seconds;
  auto cpus = ParseCpuList(ReadText("/sys/devices/system/cpu/online").value_or("0"));
  if (!cpus) return cpus.error();
  perf.cpus = *cpus;
  if (options.pid != 0) {
    perf.ended = [&] { return interrupted != 0 || kill(options.pid, 0) != 0; };
    auto report =
        RecordByPerf(SystemKernel(), options.pid, perf, permissions, [] {}, sink);
    if (!report) return report.error();
    summary = fmt::format("{} records in {:.2f} s", report->records, report->wall_seconds);
    return 0;
  }
  ChildOptions child_options;
  child_options.command = options.command;
  auto child = Child::Start(child_options);
  if (!child) return child.error();
  perf.enable_on_exec = true;
  perf.ended = [&] {
    siginfo_t info{};
    // WNOWAIT: the child's own Wait still finds it.
    return waitid(P_PID, static_cast<id_t>(child->pid()), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid != 0;
  };
  Result<void> released;
  auto report = RecordByPerf(SystemKernel(), child->pid(), perf, permissions,
                             [&] { released = child->Release(); }, sink);
  if (!report) return report.error();
  if (!released) return released.error();
  summary = fmt::format("{} records in {:.2f} s", report->records, report->wall_seconds);
  return child->Wait().exit_code;
}

Result<int> ByImport(const RecordOptions& options, BranchAggregator& aggregator, BranchSink& sink,
                     std::string& summary) {
  if (!options.binary.empty()) {
    auto image = ElfImage::Read(options.binary);
    if (!image) return image.error();
    aggregator.SetFallback(*image);
  }
  std::string path = options.import_text;
  if (!options.import_data.empty()) {
    auto text = PrintPerfData(options.import_data);
    if (!text) return text.error();
    path = *text;
  }
  std::ifstream file(path);
  if (!file) {
    return Error{ErrorCode::kNotFound, fmt::format("{} cannot be read", path),
                 "write it with `perf script -F pid,ip,brstack --show-mmap-events > FILE`"};
  }
  auto report = ImportPerfScript(file, path, sink);
  if (!options.import_data.empty()) std::filesystem::remove(path);
  if (!report) return report.error();
  summary = fmt::format("{} stacks and {} code mappings imported", report->samples,
                        report->mappings);
  if (report->mappings == 0 && options.binary.empty()) {
    return Error{ErrorCode::kBadInput, fmt::format("{} has no mapping lines", path),
                 "print it with --show-mmap-events, or name the program with --binary if its "
                 "addresses are link-time ones"};
  }
  return 0;
}

std::string Losses(const ProfileLosses& losses) {
  std::string text;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(losses.lost_records, "records lost");
  add(losses.throttled, "times throttled by the kernel");
  add(losses.kernel, "branches of the kernel");
  add(losses.half, "half branches");
  add(losses.not_file, "branches in code without a file (JIT, vdso)");
  add(losses.unreadable, "branches in files that cannot be read");
  add(losses.unmapped, "addresses in no known mapping");
  add(losses.bad_ranges, "impossible ranges");
  add(losses.changed_files, "files changed since");
  return text;
}

nlohmann::ordered_json Describe(const BranchProfile& profile) {
  nlohmann::ordered_json images = nlohmann::ordered_json::array();
  for (const auto& [build_id, image] : profile.images) {
    images.push_back({{"path", image.path},
                      {"build_id", build_id},
                      {"machine", ToString(image.machine)},
                      {"taken_branches", image.TakenTotal()},
                      {"ranges", image.RangeTotal()},
                      {"samples", image.SampleTotal()}});
  }
  return {{"source", profile.source}, {"stacks", profile.stacks}, {"images", images}};
}

void Show(const RecordOptions& options, const BranchProfile& profile, const BranchSource& source,
          const std::string& summary) {
  if (options.format == "json") {
    fmt::print("{}\n", Describe(profile).dump(2));
    return;
  }
  fmt::print("source: {} ({}){}\n", source.name, source.title,
             summary.empty() ? "" : ": " + summary);
  for (const auto& [build_id, image] : profile.images) {
    fmt::print("  {:>9} branches {:>9} ranges  {}  build {:.16}\n", image.TakenTotal(),
               image.RangeTotal(), image.path, build_id);
  }
  const std::string losses = Losses(profile.losses);
  if (!losses.empty()) fmt::print("left out: {}\n", losses);
  fmt::print("written: {}\n", options.output);
}

int RunRecord(RecordOptions options) {
  const int ways = (options.command.empty() ? 0 : 1) + (options.pid != 0 ? 1 : 0) +
                   (options.import_text.empty() ? 0 : 1) + (options.import_data.empty() ? 0 : 1);
  if (ways != 1) {
    return Fail({ErrorCode::kUsage, "give a command after --, or --pid, or a file to import",
                 "pmubench pgo record -o FILE -- COMMAND ARGS"});
  }
  if (!options.benchmark.empty()) {
    options.command.push_back("--benchmark_filter=" + options.benchmark);
  }
  const Permissions permissions = ReadPermissions("/");
  BranchSource source{"perf-script", "imported text", true, "", {}};
  if (options.import_text.empty() && options.import_data.empty()) {
    auto chosen = Choose(FindBranchSources(SystemKernel(), permissions, "/"), options.source);
    if (!chosen) return Fail(chosen.error());
    source = *chosen;
  }
  if (source.name == "etm") {
    // The kernel's trace driver and OpenCSD are perf's: it records, decodes and prints, we read.
    auto data = RecordTrace(options.command, options.pid);
    if (!data) return Fail(data.error());
    options.import_data = *data;
  }
  BranchAggregator aggregator(source.name);
  PerfDataWriter writer(&aggregator);
  BranchSink& sink = options.perf_data.empty() ? static_cast<BranchSink&>(aggregator) : writer;
  std::string summary;
  const InterruptGuard guard;
  Result<int> ended = 0;
  if (!options.import_text.empty() || !options.import_data.empty()) {
    ended = ByImport(options, aggregator, sink, summary);
  } else if (source.name == "software") {
    ended = ByStepping(options, sink, summary);
  } else {
    ended = ByPerfEvent(options, source, permissions, sink, summary);
  }
  if (!ended) return Fail(ended.error());
  BranchProfile profile = aggregator.Take();
  if (profile.images.empty()) {
    const std::string losses = Losses(profile.losses);
    return Fail({ErrorCode::kBadInput,
                 fmt::format("nothing was recorded ({}){}", summary,
                             losses.empty() ? "" : ": left out are " + losses),
                 profile.losses.not_file != 0
                     ? "code generated at run time has no binary to optimise; profile it with the "
                       "JIT's own tools"
                     : "the program may have ended before the first look: give it more work, or a "
                       "shorter --interval"});
  }
  if (source.name == "cpu-clock") {
    fmt::print(stderr,
               "pmubench: warning: addresses only: which way branches went is not known. BOLT's "
               "no-branch mode made one measured program 8 to 37 % slower; use --source software "
               "where ptrace is allowed\n");
  }
  if (options.append && std::filesystem::exists(options.output)) {
    auto before = LoadProfile(options.output);
    if (!before) return Fail(before.error());
    before->Add(profile);
    profile = std::move(*before);
  }
  if (auto saved = SaveText(options.output, WriteProfile(profile)); !saved) {
    return Fail(saved.error());
  }
  if (!options.perf_data.empty()) {
    const auto bytes = writer.File();
    if (auto saved = SaveText(options.perf_data, {bytes.begin(), bytes.end()}); !saved) {
      return Fail(saved.error());
    }
  }
  Show(options, profile, source, summary);
  if (*ended != 0) {
    fmt::print(stderr, "pmubench: warning: the command ended with exit code {}\n", *ended);
  }
  return *ended == 0 ? 0 : 1;
}

}  // namespace

void AddPgoRecord(CLI::App& pgo, int& exit_code) {
  auto* verb = pgo.add_subcommand("record", "Record the taken branches of a command or process");
  auto options = std::make_shared<RecordOptions>();
  verb->add_option("-o,--output", options->output, "the profile to write")->capture_default_str();
  verb->add_option("--source", options->source,
                   "auto, perf (lbr, brs, brbe), etm, software or cpu-clock")
      ->capture_default_str();
  verb->add_option("--pid", options->pid, "record a running process")->check(CLI::PositiveNumber);
  verb->add_option("--benchmark", options->benchmark,
                   "a regular expression: only these benchmarks of a Google Benchmark binary");
  verb->add_option("--only", options->only, "sample only processes that run this program");
  verb->add_option("--interval", options->interval_us, "microseconds between stacks (software)")
      ->check(CLI::Range(100, 10000000))
      ->capture_default_str();
  verb->add_option("--depth", options->depth, "taken branches a stack (software)")
      ->check(CLI::Range(2, 1024))
      ->capture_default_str();
  verb->add_option("--seconds", options->seconds, "stop recording after that long")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--import", options->import_text, "read the text of perf script instead");
  verb->add_option("--import-data", options->import_data, "read a perf.data file, through perf");
  verb->add_option("--binary", options->binary,
                   "with --import: whose link-time addresses lie in no mapping");
  verb->add_option("--perf-data", options->perf_data, "also write the stacks as a perf.data file");
  verb->add_flag("--append", options->append, "add to the profile that is there");
  AddFormat(*verb, options->format);
  verb->add_option("command", options->command, "after --: the command and its arguments");
  verb->callback([options, &exit_code] { exit_code = RunRecord(*options); });
}

}  // namespace pmubench
