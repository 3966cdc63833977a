// `pmubench pgo record`: branch stacks of a command, a process or perf's text, as a profile.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "branches/aggregate.h"
#include "branches/perf_data.h"
#include "branches/perf_script.h"
#include "cli/bounds.h"
#include "cli/pgo.h"
#include "cli/pgo_recording.h"
#include "cli/pgo_tools.h"
#include "cli/pgo_trace.h"
#include "cli/suite_binary.h"
#include "cli/verb.h"
#include "counters/kernel.h"
#include "platform/whole_file.h"

namespace pmubench {
namespace {

struct RecordOptions {
  std::string output = "pmubench.branches";
  std::string source = "auto";
  std::string import_text;
  std::string import_data;
  std::string binary;
  std::string perf_data;
  std::string benchmark;
  std::string format = "text";
  bool append = false;
  RecordingRequest request;
};

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
  summary =
      fmt::format("{} stacks and {} code mappings imported", report->samples, report->mappings);
  if (report->mappings == 0 && options.binary.empty()) {
    return Error{ErrorCode::kBadInput, fmt::format("{} has no mapping lines", path),
                 "print it with --show-mmap-events, or name the program with --binary if its "
                 "addresses are link-time ones"};
  }
  return 0;
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

std::uint64_t TakenTotal(const BranchProfile& profile) {
  std::uint64_t taken = 0;
  for (const auto& [build_id, image] : profile.images) taken += image.TakenTotal();
  return taken;
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
  const std::string losses = DescribeLosses(profile.losses);
  if (!losses.empty()) fmt::print("left out: {}\n", losses);
  fmt::print("written: {}\n", options.output);
}

// The command becomes a suite's program with its filter: "-- redis", "-- ./my_bench --some_flag".
Result<void> FillInBenchmark(RecordOptions& options) {
  std::vector<std::string>& command = options.request.command;
  if (command.empty() || command.front().starts_with('-')) command.insert(command.begin(), "");
  auto binary = SuiteBinary(command.front());
  if (!binary) return binary.error();
  command.front() = *binary;
  command.push_back("--benchmark_filter=" + options.benchmark);
  return {};
}

int RunRecord(RecordOptions options) {
  if (!options.benchmark.empty()) {
    if (auto filled = FillInBenchmark(options); !filled) return Fail(filled.error());
  }
  const int ways = (options.request.command.empty() ? 0 : 1) + (options.request.pid != 0 ? 1 : 0) +
                   (options.import_text.empty() ? 0 : 1) + (options.import_data.empty() ? 0 : 1);
  if (ways != 1) {
    return Fail({ErrorCode::kUsage, "give a command after --, or --pid, or a file to import",
                 "pmubench pgo record -o FILE -- COMMAND ARGS"});
  }
  const Permissions permissions = ReadPermissions("/");
  BranchSource source{"perf-script", "imported text", true, "", {}};
  if (options.import_text.empty() && options.import_data.empty()) {
    auto chosen =
        ChooseBranchSource(FindBranchSources(SystemKernel(), permissions, "/"), options.source);
    if (!chosen) return Fail(chosen.error());
    source = *chosen;
  }
  if (source.name == "etm") {
    // The kernel's trace driver and OpenCSD are perf's: it records, decodes and prints, we read.
    auto data = RecordTrace(options.request);
    if (!data) return Fail(data.error());
    options.import_data = *data;
  }
  BranchAggregator aggregator(source.name);
  PerfDataWriter writer(&aggregator);
  BranchSink& sink = options.perf_data.empty() ? static_cast<BranchSink&>(aggregator) : writer;
  std::string summary;
  Result<int> ended = 0;
  if (!options.import_text.empty() || !options.import_data.empty()) {
    ended = ByImport(options, aggregator, sink, summary);
  } else {
    auto recorded = RecordBranches(options.request, source, permissions, sink);
    if (!recorded) return Fail(recorded.error());
    ended = recorded->exit_code;
    summary = recorded->summary;
  }
  if (!ended) return Fail(ended.error());
  BranchProfile profile = aggregator.Take();
  if (profile.images.empty()) {
    return Fail(ExplainEmptyProfile(profile.losses, summary));
  }
  if (profile.losses.not_file / 2 > TakenTotal(profile)) {  // counted once for each side
    fmt::print(stderr,
               "pmubench: warning: most branches ran in code that was generated at run time (JIT): "
               "it has no binary to optimise; profile it with the JIT's own tools\n");
  }
  if (source.name == "cpu-clock") {
    fmt::print(stderr,
               "pmubench: warning: addresses only: which way branches went is not known. BOLT's "
               "no-branch mode may make the program slower; use --source software where ptrace is "
               "allowed\n");
  }
  if (options.append && std::filesystem::exists(options.output)) {
    auto before = LoadProfile(options.output);
    if (!before) return Fail(before.error());
    before->Add(profile);
    profile = std::move(*before);
  }
  if (auto saved = WriteWhole(options.output, WriteProfile(profile)); !saved) {
    return Fail(saved.error());
  }
  if (!options.perf_data.empty()) {
    const auto bytes = writer.File();
    if (auto saved = WriteWhole(options.perf_data, std::string(bytes.begin(), bytes.end()));
        !saved) {
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
  verb->add_option("--pid", options->request.pid, "record a running process")
      ->check(CLI::Range(1, kMostPid));
  verb->add_option(
      "--benchmark", options->benchmark,
      "a regular expression: only these benchmarks of a suite; after -- stand a bundled "
      "workload's name or a Google Benchmark binary (default: suite)");
  verb->add_option("--only", options->request.only, "sample only processes that run this program");
  verb->add_option("--interval", options->request.interval_us,
                   "microseconds between stacks (software)")
      ->check(CLI::Range(100, 10000000))
      ->capture_default_str();
  verb->add_option("--depth", options->request.depth, "taken branches a stack (software)")
      ->check(CLI::Range(2, 1024))
      ->capture_default_str();
  verb->add_option("--seconds", options->request.seconds, "stop recording after that long")
      ->check(CLI::Range(0.0, kMostSeconds));
  verb->add_option("--import", options->import_text, "read the text of perf script instead");
  verb->add_option("--import-data", options->import_data, "read a perf.data file, through perf");
  verb->add_option("--binary", options->binary,
                   "with --import: whose link-time addresses lie in no mapping");
  verb->add_option("--perf-data", options->perf_data, "also write the stacks as a perf.data file");
  verb->add_flag("--append", options->append, "add to the profile that is there");
  AddFormat(*verb, options->format);
  verb->add_option("command", options->request.command, "after --: the command and its arguments");
  verb->footer(R"(
  pmubench pgo record -o app.branches -- ./app ARGS
  pmubench pgo record --benchmark sort -- ./my_bench    one benchmark of a suite
  pmubench pgo record --pid 1234 --seconds 10           a running process, which goes on afterwards
  pmubench pgo record --import perf.txt                 `perf script -F pid,ip,brstack --show-mmap-events`

Next: `pmubench pgo export --for llvm|bolt|autofdo|text app.branches`)");
  verb->callback([options, &exit_code] { exit_code = RunRecord(*options); });
}

}  // namespace pmubench
