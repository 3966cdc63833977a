// `pmubench run`: a suite with metrics, and its record.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <utility>

#include "cli/control.h"
#include "cli/preload_library.h"
#include "cli/suite_binary.h"
#include "cli/temporary_folder.h"
#include "cli/verb.h"
#include "platform/text.h"
#include "platform/whole_file.h"
#include "reports/analysis/bottleneck.h"
#include "reports/failed_rows.h"
#include "reports/record.h"
#include "runner/launch_suite.h"
#include "runner/workloads.h"

namespace pmubench {
namespace {

struct RunOptions {
  std::string binary;
  std::vector<std::string> arguments;
  std::string metrics;
  std::string catalogue_file;
  std::string out;
  std::string control;
  std::string format = "text";
  std::string bandwidth = "auto";
  bool kernel = false;
};

std::string DefaultRecordName(const std::filesystem::path& binary) {
  return fmt::format("{}-{:%Y%m%dT%H%M%SZ}.json", binary.filename().string(),
                     fmt::gmtime(std::time(nullptr)));
}

/// Those asked for, else the bundled workload's own, else the basic ones.
std::string MetricsOf(const RunOptions& options) {
  if (!options.metrics.empty()) return options.metrics;
  const auto workload = FindWorkload(options.binary);
  return workload && !workload->metrics.empty() ? workload->metrics : "basic";
}

/// A line a benchmark, where the metrics for it were measured.
void PrintBottlenecks(const std::filesystem::path& file) {
  const auto record = ReadRecord(file);
  if (!record) return;
  for (const RecordResult& result : record->results) {
    const auto table = TableOf(*record, result.run_name);
    if (!table) continue;
    const Bottleneck bottleneck = BottleneckOf(*table);
    if (bottleneck.category.empty()) continue;
    fmt::print(stderr, "pmubench: {}: {}\n", result.run_name, bottleneck.sentence);
  }
}

/// Benchmarks that found their own result wrong, or could not run, are failed checks.
int ExitCodeOf(const LaunchEnd& end, const std::filesystem::path& file) {
  if (end.exit_code != 0 || !std::filesystem::is_regular_file(file)) return end.exit_code;
  const auto record = ReadRecord(file);
  if (!record) return end.exit_code;
  const std::vector<FailedRow> failed = FailedRows(*record);
  for (const FailedRow& row : failed) {
    fmt::print(stderr, "pmubench: {} failed: {}\n", row.name, row.message);
  }
  return failed.empty() ? 0 : 1;
}

bool IsStandardOutput(const std::filesystem::path& file) {
  // std::filesystem::equivalent compares no pipes.
  struct stat given {};
  struct stat ours {};
  return stat(file.c_str(), &given) == 0 && fstat(STDOUT_FILENO, &ours) == 0 &&
         given.st_dev == ours.st_dev && given.st_ino == ours.st_ino;
}

Result<void> HandOver(const std::filesystem::path& record, const std::filesystem::path& out) {
  const auto text = ReadWhole(record);
  return text ? WriteWhole(out, *text) : text.error();
}

int RunSuite(const RunOptions& options) {
  const auto binary = SuiteBinary(options.binary);
  if (!binary) return Fail(binary.error());
  LaunchOptions launch;
  launch.binary = *binary;
  launch.arguments = options.arguments;
  launch.metrics = SplitList(MetricsOf(options));
  launch.catalogue_file = options.catalogue_file;
  const std::filesystem::path out =
      options.out.empty() ? DefaultRecordName(launch.binary) : options.out;
  launch.out = out;
  launch.preload = PreloadLibrary();
  launch.bandwidth = options.bandwidth;
  launch.count_kernel = options.kernel;
  const bool record_to_stdout = IsStandardOutput(out);
  launch.table_to_stderr = options.format == "json" || record_to_stdout;
  // A crash is marked and failures are found in a record that can be read back.
  std::optional<TemporaryFolder> aside;
  if (IsStream(out)) {
    auto made = TemporaryFolder::Make();
    if (!made) return Fail(made.error());
    launch.out = aside.emplace(*std::move(made)).path() / "record.json";
  }
  const auto control = ControlMachine(options.control);
  if (!control) return Fail(control.error());
  auto end = LaunchSuite(launch);
  if (!end) return Fail(end.error());
  if (!end->note.empty()) fmt::print(stderr, "pmubench: {}\n", end->note);
  if (!end->recorded) return end->exit_code;
  if (aside) {
    if (auto written = HandOver(launch.out, out); !written) return Fail(written.error());
  }
  fmt::print(stderr, "pmubench: record: {}\n", out.string());
  PrintBottlenecks(launch.out);
  if (options.format == "json" && !record_to_stdout) std::cout << std::ifstream(launch.out).rdbuf();
  return ExitCodeOf(*end, launch.out);
}

}  // namespace

void AddRunVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("run", "Run a benchmark suite with metrics; write a record");
  auto options = std::make_shared<RunOptions>();
  verb->add_option("binary", options->binary,
                   "a bundled workload's name or a Google Benchmark binary (default: suite)");
  verb->add_option("arguments", options->arguments,
                   "for the binary, after --, e.g. -- --benchmark_filter=sort");
  verb->add_option("--metrics", options->metrics,
                   "names of metrics or sets, with commas (default: basic, or the workload's own)");
  verb->add_option("--out", options->out,
                   "the record's file (default: NAME-TIME.json here); a pipe, a FIFO or "
                   "/dev/stdout gets the record once, when the run has ended");
  verb->add_option("--catalogue", options->catalogue_file, "events and metrics of your own (JSON)");
  verb->add_option("--control", options->control,
                   "settings of the machine meanwhile, NAME=VALUE,... (`pmubench control --help`)");
  verb->add_option("--bandwidth", options->bandwidth,
                   "bytes to and from memory by this source (pmubench list sources), auto or off; "
                   "with their share of what `pmubench bandwidth check` attained")
      ->capture_default_str();
  verb->add_flag("--kernel", options->kernel, "count hardware events in kernel mode too");
  AddFormat(*verb, options->format);
  verb->footer(
      R"(A binary that was linked with pmubench::gbench_main is measured loop by loop; one that was
not, but uses the shared Google Benchmark, too, through LD_PRELOAD; any other is run once for each
benchmark, with counters on the process. The record says which.

A benchmark that found its own result wrong (SkipWithError) makes the exit code 1.

Examples:
  pmubench run
  pmubench run stream -- --benchmark_filter=triad
  pmubench run redis --kernel
  pmubench run server -- --start 'memcached -u nobody -l 127.0.0.1 -p {port}' --load './load {port}'
  pmubench run ./my_bench --metrics basic,branch_mpki -- --benchmark_filter=parse
  pmubench run ./my_bench --format json > record.json)");
  verb->callback([options, &exit_code] {
    // `pmubench run -- --benchmark_filter=x`: what follows -- is for the bundled suite.
    if (options->binary.starts_with('-')) {
      options->arguments.insert(options->arguments.begin(), std::exchange(options->binary, ""));
    }
    exit_code = RunSuite(*options);
  });
}

}  // namespace pmubench
