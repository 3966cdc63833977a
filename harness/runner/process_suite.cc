#include "runner/process_suite.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "counters/counter_set.h"
#include "platform/fingerprint.h"
#include "platform/text.h"
#include "runner/exact_filter.h"
#include "runner/measurement_plan.h"
#include "runner/plan_record.h"
#include "runner/terminal_progress.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNoLoop =
    "the process was counted as a whole: its loop is not known; link with pmubench::gbench_main";

ChildOptions Command(const LaunchOptions& options, std::vector<std::string> arguments) {
  ChildOptions child;
  child.command = {std::filesystem::absolute(options.binary).string()};
  child.command.insert(child.command.end(), options.arguments.begin(), options.arguments.end());
  child.command.insert(child.command.end(), arguments.begin(), arguments.end());
  child.output = ChildOptions::Output::kCapture;
  child.errors = options.errors;
  return child;
}

Result<std::vector<std::string>> ListTests(const LaunchOptions& options) {
  auto child = Child::Start(Command(options, {"--benchmark_list_tests=true"}));
  if (!child) return child.error();
  if (auto released = child->Release(); !released) return released.error();
  const ChildEnd end = child->Wait();
  auto names = SplitList(child->output(), '\n');
  if (end.exit_code != 0 || names.empty()) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{} lists no benchmarks (exit code {})", options.binary.string(),
                             end.exit_code),
                 "is it a Google Benchmark binary, and does --benchmark_filter match?"};
  }
  return names;
}

struct PassResult {
  Json output;  ///< Google Benchmark's own, or null
  Measurement measurement;
  ChildEnd end;
};

/// Runs one benchmark with one group of events on its process.
Result<PassResult> RunPass(const LaunchOptions& options, const MeasurementPlan& plan,
                           const std::vector<EventEncoding>& events, const std::string& name) {
  auto child = Child::Start(
      Command(options, {"--benchmark_filter=" + ExactFilter({name}), "--benchmark_format=json"}));
  if (!child) return child.error();
  std::optional<CounterSet> counters;
  if (!events.empty()) {
    CounterOptions counting{.exclude_kernel = !plan.counts_kernel, .enable_on_exec = true};
    auto opened = CounterSet::Open(SystemKernel(), events, CounterTarget::Process(child->pid()),
                                   counting, plan.permissions);
    if (!opened) return opened.error();
    counters = std::move(*opened);
  }
  if (auto released = child->Release(); !released) return released.error();
  PassResult result;
  result.end = child->Wait();
  result.output = Json::parse(child->output(), nullptr, /*allow_exceptions=*/false);
  if (counters) {
    SetReading begin{};
    SetReading end{};
    if (!counters->ReadEnd(end)) return counters->Explain();
    std::array<GroupTotals, kMaxGroupsInSet> totals;
    for (std::size_t i = 0; i < counters->groups().size(); ++i) {
      totals[i].AddInterval(begin[i], end[i]);
    }
    for (const SetCounts::Event& event : counters->Name(totals).events) {
      result.measurement.events[event.name] = {static_cast<double>(event.count),
                                               static_cast<double>(event.time_enabled_ns),
                                               static_cast<double>(event.time_running_ns)};
    }
  }
  for (const char* quantity : {"iterations", "wall_ns", "cpu_ns"}) {
    result.measurement.quantities[quantity] = {std::nullopt, kNoLoop};
  }
  return result;
}

void AddRows(const PassResult& pass, int group, Record& record) {
  if (!pass.output.is_object() || !pass.output.contains("benchmarks")) return;
  for (const Json& row : pass.output["benchmarks"]) {
    RecordRow& added = record.rows.emplace_back();
    added.fields_json = row.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (group >= 0) added.counts.push_back(ToRecord(pass.measurement, group));
  }
  if (record.context_json == "{}" && pass.output.contains("context")) {
    record.context_json = pass.output["context"].dump();
  }
}

void PrintResult(std::FILE* out, const RecordResult& result) {
  fmt::print(out, "{}\n", result.run_name);
  for (const RecordMetric& metric : result.metrics) {
    if (!metric.value) continue;
    fmt::print(out, "  {:<28} {:>14.6g} {}\n", metric.name, *metric.value, metric.unit);
  }
}

}  // namespace

Result<LaunchEnd> RunProcessSuite(const LaunchOptions& options) {
  MeasurementRequest request{options.metrics, options.catalogue_file, options.count_kernel, "/"};
  auto plan = PrepareMeasurement(request, SystemKernel());
  if (!plan) return plan.error();
  auto names = ListTests(options);
  if (!names) return names.error();

  Record record;
  record.run_id = NewRunId();
  record.method = "process";
  record.reason = "the run did not end";
  record.machine_json = MachineJson(ReadFingerprint("/"));
  DescribePlan(*plan, record);
  std::FILE* table = options.table_to_stderr ? stderr : stdout;
  TerminalProgress progress;
  const std::size_t passes = std::max<std::size_t>(plan->passes.size(), 1);
  LaunchEnd result{0, "measured on the process, not loop by loop: no figures per iteration"};
  for (std::size_t i = 0; i < names->size() && result.exit_code == 0; ++i) {
    std::vector<Measurement> measurements;
    for (std::size_t pass = 0; pass < passes; ++pass) {
      progress.Show(fmt::format("[{}/{}] {} (group {} of {})", i + 1, names->size(), (*names)[i],
                                pass + 1, passes));
      const bool counted = !plan->passes.empty();
      auto ran = RunPass(options, *plan,
                         counted ? plan->passes[pass] : std::vector<EventEncoding>{}, (*names)[i]);
      if (!ran) return ran.error();
      AddRows(*ran, counted ? static_cast<int>(pass) : -1, record);
      measurements.push_back(ran->measurement);
      if (ran->end.exit_code != 0) {
        result.exit_code = ran->end.signal == 0 ? ran->end.exit_code : 2;
        result.note = fmt::format("{} ended with {} {}", (*names)[i],
                                  ran->end.signal == 0 ? "exit code" : "signal",
                                  ran->end.signal == 0 ? ran->end.exit_code : ran->end.signal);
        record.reason = result.note;
        break;
      }
    }
    progress.Clear();
    record.results.push_back(EvaluateForRecord((*names)[i], *plan, measurements));
    if (!options.quiet) PrintResult(table, record.results.back());
  }
  if (result.exit_code == 0) {
    record.status = RecordStatus::kComplete;
    record.reason.clear();
  }
  if (!options.quiet) {
    for (const std::string& line : DescribeMissing(*plan)) {
      fmt::print(stderr, "pmubench: {}\n", line);
    }
  }
  if (auto written = WriteRecord(record, options.out); !written) return written.error();
  return result;
}

}  // namespace pmubench
