// `pmubench pgo run`: build, record, rebuild, and measure whether it paid.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "branches/elf_image.h"
#include "cli/bounds.h"
#include "cli/pgo.h"
#include "cli/pgo_counters.h"
#include "cli/pgo_measure.h"
#include "cli/pgo_pipeline.h"
#include "cli/pgo_ratio.h"
#include "cli/pgo_report.h"
#include "cli/verb.h"
#include "platform/files.h"
#include "platform/topology.h"
#include "platform/whole_file.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
  PgoProject project;
  std::string run;
  std::string count;
  std::string variants = "sample,instrumented,bolt";
  std::string compiler = "clang";
  std::string work = "pmubench-pgo";
  std::string markdown;
  std::string value;
  std::string measure = "cpu";
  std::string format = "text";
  int llvm = 0;
  int rounds = 11;
  int floor = 3;
  int cpu = -2;
  bool any_output = false;
};

struct Built {
  std::string name;
  std::string path;
};

void Say(const std::string& what) { fmt::print(stderr, "pmubench: {}\n", what); }

class PgoRun {
 public:
  explicit PgoRun(const RunOptions& options) : options_(options), project_(options.project) {}

  Result<PgoReport> Run() {
    auto variants = ParseVariants(options_.variants, project_.family);
    if (!variants) return variants.error();
    auto base = BuildVariant(project_, "base", {});
    if (!base) return base.error();
    base_ = *base;
    Say("built the base");
    for (const std::string& name : *variants) wanted_.push_back(name);
    if (auto recorded = Record(); !recorded) return recorded.error();
    if (auto built = BuildAll(); !built) return built.error();
    if (auto same = CompareOutputs(); !same) return same.error();
    if (auto measured = MeasureAll(); !measured) return measured.error();
    CountAll();
    CountFrontEnd();
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool Wants(const std::string& name) const {
    return std::find(wanted_.begin(), wanted_.end(), name) != wanted_.end();
  }
  [[nodiscard]] std::string Command(const std::string& command, const std::string& binary) const {
    return FillIn(command, {{"binary", binary}});
  }
  void Skip(const std::string& name, const std::string& reason) {
    report_.notes.push_back(fmt::format("{} was left out: {}", name, reason));
  }

  Result<void> Record() {
    report_.compiler = fmt::format("clang {}", project_.tools.version);
    if (project_.family == CompilerFamily::kGcc) {
      report_.compiler = fmt::format("gcc {}", Trim(RunShell("gcc -dumpfullversion").output));
    }
    if (!Wants("sample") && !Wants("bolt")) {
      report_.source = "none";
      return {};
    }
    auto recording = RecordAndConvert(project_, base_, Wants("sample"), Wants("bolt"));
    if (!recording) return recording.error();
    recording_ = std::move(*recording);
    auto image = ElfImage::Read(base_);
    if (!image) return image.error();
    const ImageProfile& part = recording_.profile.images[image->build_id()];
    report_.source = recording_.source;
    report_.stacks = recording_.profile.stacks;
    report_.taken = part.TakenTotal();
    report_.notes = recording_.warnings;
    Say(fmt::format("recorded {} stacks by {}", report_.stacks, report_.source));
    return {};
  }

  Result<void> BuildAll() {
    if (Wants("sample")) {
      if (recording_.llvm_profile.empty()) {
        Skip("sample", recording_.llvm_reason);
      } else if (auto built =
                     BuildVariant(project_, "sample", SampleFlags(recording_.llvm_profile))) {
        variants_.push_back({"sample", *built});
      } else {
        return built.error();
      }
    }
    std::string instrumented;
    if (Wants("instrumented") || Wants("instrumented+bolt")) {
      auto built = BuildInstrumented(project_);
      if (!built) return built.error();
      instrumented = *built;
      if (Wants("instrumented")) variants_.push_back({"instrumented", instrumented});
    }
    if (Wants("bolt")) {
      if (recording_.bolt_profile.empty()) {
        Skip("bolt", recording_.bolt_reason);
      } else if (auto built = RunBolt(project_, base_, recording_.bolt_profile, "bolt")) {
        variants_.push_back({"bolt", *built});
      } else {
        Skip("bolt", built.error().ToString());
      }
    }
    if (Wants("instrumented+bolt")) AddBoltOn(instrumented);
    Say(fmt::format("built {} variants", variants_.size()));
    for (int seed = 1; seed <= options_.floor; ++seed) {
      // Only the linking differs, so the base's own build folder is used again.
      auto built = BuildVariant(project_, fmt::format("shuffled{}", seed), ShuffleFlags(seed),
                                project_.work + "/base.build");
      if (!built) return built.error();
      shuffled_.push_back({fmt::format("shuffled {}", seed), *built});
    }
    return {};
  }

  // A profile belongs to one binary: the instrumented build is recorded by itself.
  void AddBoltOn(const std::string& instrumented) {
    auto recording = RecordAndConvert(project_, instrumented, false, true);
    if (!recording || recording->bolt_profile.empty()) {
      Skip("instrumented+bolt", recording ? recording->bolt_reason : recording.error().ToString());
      return;
    }
    auto built = RunBolt(project_, instrumented, recording->bolt_profile, "instrumented-bolt");
    if (built) {
      variants_.push_back({"instrumented+bolt", *built});
    } else {
      Skip("instrumented+bolt", built.error().ToString());
    }
  }

  Result<void> CompareOutputs() {
    const TimedRun base = RunTimed(Command(options_.run, base_), -1, true);
    if (base.exit_code != 0) {
      return Error{ErrorCode::kBadInput,
                   fmt::format("the base ended with exit code {}", base.exit_code),
                   "run it by hand: " + Command(options_.run, base_)};
    }
    for (const Built& built : variants_) {
      VariantResult result;
      result.name = built.name;
      const TimedRun run = RunTimed(Command(options_.run, built.path), -1, true);
      result.same_output = run.exit_code == 0 &&
                           (options_.any_output || WithoutValues(run.output, options_.value) ==
                                                       WithoutValues(base.output, options_.value));
      report_.variants.push_back(result);
    }
    return {};
  }

  Result<void> MeasureAll() {
    std::vector<MeasuredBuild> builds = {{"base", Command(options_.run, base_), {}}};
    for (std::size_t i = 0; i < variants_.size(); ++i) {
      if (!report_.variants[i].same_output) continue;
      builds.push_back({variants_[i].name, Command(options_.run, variants_[i].path), {}});
    }
    for (const Built& built : shuffled_) {
      builds.push_back({built.name, Command(options_.run, built.path), {}});
    }
    MeasureOptions measure;
    measure.rounds = options_.rounds;
    measure.cpu = options_.cpu;
    measure.value_pattern = options_.value;
    measure.measure = !options_.value.empty()      ? Measure::kOutput
                      : options_.measure == "wall" ? Measure::kWallTime
                                                   : Measure::kCpuTime;
    if (auto measured = MeasureInTurns(builds, measure); !measured) return measured.error();
    report_.measure = !options_.value.empty()      ? "the value in the output"
                      : options_.measure == "wall" ? "wall time"
                                                   : "CPU time";
    report_.rounds = options_.rounds;
    double load = 0;
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    if (getloadavg(&load, 1) == 1 && load > static_cast<double>(cpus)) {
      report_.notes.push_back(
          fmt::format("other work ran beside (load average {:.1f} on {} CPUs): intervals are wide",
                      load, cpus));
    }
    for (const MeasuredBuild& build : builds) {
      const statistics::RatioEstimate estimate = EstimateRatio(builds[0].values, build.values);
      for (VariantResult& variant : report_.variants) {
        if (variant.name == build.name) variant.time = estimate;
      }
      if (build.name.starts_with("shuffled")) report_.floor.ratios.push_back(estimate.ratio);
    }
    return {};
  }

  void CountAll() {
    if (options_.count.empty()) return;
    auto base = CountInstructions(options_.count, base_, project_.work);
    if (!base) {
      report_.notes.push_back("instructions were not counted: " + base.error().ToString());
      return;
    }
    report_.base_counts = *base;
    for (std::size_t i = 0; i < variants_.size(); ++i) {
      auto counts = CountInstructions(options_.count, variants_[i].path, project_.work);
      if (counts) {
        report_.variants[i].counts = *counts;
      } else {
        report_.variants[i].counts_reason = counts.error().ToString();
      }
    }
  }

  void CountFrontEnd() {
    auto counter = FrontEndCounter::Prepare(SystemKernel());
    if (!counter) {
      report_.notes.push_back("no PMU metrics: " + counter.error().message);
      return;
    }
    report_.metric_units = counter->units();
    const auto count = [&](const std::string& path, std::map<std::string, double>& metrics) {
      auto counted = counter->Count(Command(options_.run, path));
      if (counted) {
        metrics = std::move(*counted);
      } else {
        report_.notes.push_back("PMU metrics: " + counted.error().ToString());
      }
    };
    count(base_, report_.base_metrics);
    for (std::size_t i = 0; i < variants_.size(); ++i) {
      if (report_.variants[i].same_output) count(variants_[i].path, report_.variants[i].metrics);
    }
  }

  const RunOptions& options_;
  const PgoProject& project_;
  std::string base_;
  std::vector<std::string> wanted_;
  PgoRecording recording_;
  std::vector<Built> variants_;
  std::vector<Built> shuffled_;
  PgoReport report_;
};

int RunPgo(RunOptions options) {
  PgoProject& project = options.project;
  if (project.build.empty() == project.cmake_folder.empty()) {
    return Fail({ErrorCode::kUsage, "give either --build or --cmake",
                 "e.g. --build '{cxx} -O2 {cflags} {ldflags} app.cc -o {out}'"});
  }
  if (!project.cmake_folder.empty() && project.target.empty()) {
    return Fail({ErrorCode::kUsage, "--cmake needs --target", "name the program to build"});
  }
  if (options.run.find("{binary}") == std::string::npos) {
    return Fail({ErrorCode::kUsage, "--run holds no {binary}", "e.g. --run '{binary} 100'"});
  }
  if (project.train.empty()) project.train = options.run;
  project.family = options.compiler == "gcc" ? CompilerFamily::kGcc : CompilerFamily::kClang;
  if (options.compiler == "gcc" && options.variants == "sample,instrumented,bolt") {
    options.variants = "instrumented,bolt";
  }
  auto tools = FindLlvm(options.llvm);
  if (!tools) return Fail(tools.error());
  project.tools = *tools;
  if (auto checked = CheckVersions(*tools); !checked) return Fail(checked.error());
  if (!project.cmake_folder.empty()) {
    if (auto checked = CheckCMake(); !checked) return Fail(checked.error());
  }
  std::error_code error;
  project.work = fs::absolute(options.work).lexically_normal();
  fs::create_directories(project.work, error);
  if (error) {
    return Fail({ErrorCode::kSystem,
                 fmt::format("{} cannot be made: {}", project.work, error.message()),
                 "choose another folder with --work"});
  }
  if (options.cpu == -2) {
    const auto online = ReadOnlineCpus("/");
    options.cpu = online ? online->back() : -1;
  }
  auto report = PgoRun(options).Run();
  if (!report) return Fail(report.error());
  report->program = !project.target.empty() ? project.target : options.run;
  const std::string table = ToMarkdown(*report);
  if (!options.markdown.empty()) {
    if (auto saved = WriteWhole(options.markdown, table); !saved) return Fail(saved.error());
  }
  fmt::print("{}", options.format == "json" ? ToJson(*report) : table);
  for (const VariantResult& variant : report->variants) {
    if (!variant.same_output) return 1;
  }
  return 0;
}

}  // namespace

void AddPgoRun(CLI::App& pgo, int& exit_code) {
  auto* verb = pgo.add_subcommand("run", "Build, record, rebuild, and measure base against each");
  auto options = std::make_shared<RunOptions>();
  PgoProject& project = options->project;
  verb->add_option(
      "--build", project.build,
      "shell command with {cflags}, {ldflags}, {out}; {cc} and {cxx} are the compilers");
  verb->add_option("--cmake", project.cmake_folder, "or: a CMake project's folder");
  verb->add_option("--preset", project.preset, "a configure preset of it");
  verb->add_option("--target", project.target, "the program to build there");
  verb->add_option("--run", options->run, "shell command with {binary}: what is measured")
      ->required();
  verb->add_option("--train", project.train,
                   "shell command with {binary}: what is recorded (default: --run)");
  verb->add_option("--count", options->count,
                   "command with {binary}: counted under callgrind (slow: keep it small)");
  verb->add_option("--variants", options->variants,
                   "of sample, instrumented, bolt, instrumented+bolt")
      ->capture_default_str();
  verb->add_option("--compiler", options->compiler, "clang or gcc")
      ->check(CLI::IsMember({"clang", "gcc"}))
      ->capture_default_str();
  verb->add_option("--llvm", options->llvm, "LLVM version (default: the newest that is there)");
  verb->add_option("--source", project.source, "branch source, as in `pgo record`")
      ->capture_default_str();
  verb->add_option("--interval", project.interval_us, "microseconds between stacks")
      ->check(CLI::Range(100, 10000000))
      ->capture_default_str();
  verb->add_option("--branches", project.enough_branches,
                   "taken branches to record: the training run is repeated for them")
      ->check(CLI::Range(200, 100000000))
      ->capture_default_str();
  verb->add_option("--record-limit", project.record_limit,
                   "seconds after which the training run is not repeated again")
      ->check(CLI::Range(1e-3, kMostSeconds))
      ->capture_default_str();
  verb->add_option("--rounds", options->rounds, "measured rounds")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--floor", options->floor, "random function orders of the base to measure")
      ->check(CLI::Range(0, 50))
      ->capture_default_str();
  verb->add_option("--measure", options->measure, "cpu or wall time")
      ->check(CLI::IsMember({"cpu", "wall"}))
      ->capture_default_str();
  verb->add_option("--value", options->value,
                   "instead of time: the number that this regular expression's group finds in the "
                   "output, lower is better");
  verb->add_option("--cpu", options->cpu,
                   "pin runs to this CPU; -1: do not pin (default: the last)");
  verb->add_flag("--any-output", options->any_output, "do not ask that outputs are equal");
  verb->add_option("--work", options->work, "folder for builds and profiles")
      ->capture_default_str();
  verb->add_option("--markdown", options->markdown, "also write the table to this file");
  AddFormat(*verb, options->format);
  verb->callback([options, &exit_code] { exit_code = RunPgo(*options); });
}

}  // namespace pmubench
