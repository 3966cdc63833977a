#include "runner/gbench/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>
#include <thread>

#include "runner/exact_filter.h"
#include "runner/gbench/collector.h"
#include "runner/gbench/fill_holes.h"
#include "runner/gbench/session.h"
#include "runner/gbench/startup_test.h"
#include "runner/gbench/suite_record.h"
#include "runner/interrupt.h"
#include "runner/terminal_progress.h"

namespace pmubench::gbench {
namespace {

void Note(const std::string& line) { std::cerr << "pmubench: " << line << '\n'; }

/// Writes --benchmark_out with the merged rows, as Google Benchmark's own reporters do.
Result<void> WriteBenchmarkOut(const Flags& flags, const Collector& collector) {
  std::ofstream file(flags.benchmark_out);
  std::unique_ptr<benchmark::BenchmarkReporter> reporter;
  if (flags.benchmark_out_format == "console") {
    reporter = std::make_unique<benchmark::ConsoleReporter>(benchmark::ConsoleReporter::OO_None);
  } else {
    reporter = std::make_unique<benchmark::JSONReporter>();
  }
  reporter->SetOutputStream(&file);
  reporter->SetErrorStream(&std::cerr);
  if (reporter->ReportContext(benchmark::BenchmarkReporter::Context())) {
    for (const Instance& instance : collector.instances()) {
      reporter->ReportRuns(collector.MergedRows(instance));
    }
    reporter->Finalize();
  }
  file.flush();
  if (file) return {};
  return Error{ErrorCode::kBadInput, fmt::format("cannot write {}", flags.benchmark_out), ""};
}

}  // namespace

Suite::Suite(Flags flags, Entry entry, std::string executable)
    : flags_(std::move(flags)), entry_(entry), executable_(std::move(executable)) {}

void Suite::DisablePasses(const std::string& reason) {
  for (const auto& pass : plan_.passes) {
    for (const EventEncoding& event : pass) plan_.missing.emplace(event.name, reason);
  }
  plan_.passes.clear();
}

Result<void> Suite::Prepare() {
  MeasurementRequest request;
  request.metrics = flags_.metrics;
  request.catalogue_file = flags_.catalogue;
  request.count_kernel = flags_.kernel;
  auto plan = PrepareMeasurement(request, SystemKernel());
  if (!plan) return plan.error();
  plan_ = std::move(*plan);
  if (flags_.list_tests || plan_.passes.empty()) return {};
  const CounterCheck hooks = CheckLoopHooks(SystemKernel(), plan_.permissions, entry_.loop_hooked);
  if (!hooks.ok) DisablePasses(fmt::format("{}: {}", hooks.what, hooks.detail));
  return PrepareTraffic();
}

/// Memory bandwidth is the user's wish where a source is named, a gift where one is found.
Result<void> Suite::PrepareTraffic() {
  constexpr int kIdleMilliseconds = 200;
  if (flags_.bandwidth == "off" || plan_.passes.empty()) return {};
  auto traffic = LoopTraffic::Open(flags_.bandwidth, kIdleMilliseconds);
  if (!traffic && flags_.bandwidth != "auto") return traffic.error();
  if (!traffic || !*traffic) return {};
  traffic_ = *std::move(traffic);
  const Attainable& attainable = traffic_->attainable();
  for (CatalogueMetric& metric : MemoryMetrics(traffic_->info(), attainable.time)) {
    plan_.metrics.push_back(std::move(metric));
  }
  const std::string no_peak = WhyNoPeak(traffic_->info(), attainable);
  if (!no_peak.empty()) plan_.missing.emplace(kMemoryAttainable, no_peak);
  return {};
}

/// A server is asked what a request moves at the memory: where nothing can tell, that is said.
void Suite::MissTraffic() {
  SourceInfo none;
  none.gives = Gives::kReadsAndWrites;
  for (CatalogueMetric& metric : MemoryMetrics(none)) {
    if (metric.name != "memory_read" && metric.name != "memory_write") continue;
    for (const std::string& event : metric.events) {
      plan_.missing.emplace(event,
                            "no source of memory bandwidth can be used here; `pmubench list "
                            "sources` says why, and what would change it");
    }
    plan_.metrics.push_back(std::move(metric));
  }
}

/// What memory's figures are, and why benchmarks have none: the record wants it too.
void Suite::ExplainTraffic(const Collector& collector) {
  if (!traffic_) return;
  std::string too_short;
  if (traffic_->too_short() > 0) {
    too_short = fmt::format(
        "{} of {} runs were too short or too long for the source {}: give --benchmark_min_time=1s",
        traffic_->too_short(), traffic_->too_short() + traffic_->counted(), traffic_->info().name);
    for (const char* event : {kMemoryRead, kMemoryWrite, kMemoryTotal, kMemoryIdle,
                              kMemoryAttainable, kMemoryInterval}) {
      plan_.missing.emplace(event, too_short);
    }
  }
  const std::string too_low = DoubtPeak(collector);
  if (flags_.quiet) return;
  const Rates& idle = traffic_->idle();
  Note(fmt::format(
      "memory: {} ({}), the whole machine's bytes; idle before the first benchmark: {:.3f} "
      "GB/s, not subtracted",
      traffic_->info().title, traffic_->info().method,
      1e-9 * idle.total.value_or(idle.read.value_or(0))));
  for (const std::string& warning : traffic_->warnings()) Note(warning);
  for (const std::string& line : {too_short, too_low}) {
    if (!line.empty()) Note(line);
  }
}

/// A benchmark that moved more than the peak shows that it was measured too low: every share of it
/// keeps its number, and the record says what speaks against it.
std::string Suite::DoubtPeak(const Collector& collector) {
  double highest = 0;
  for (const Instance& instance : collector.instances()) {
    for (const MetricValue& value : plan_.Evaluate(instance.Measurements())) {
      if (value.name == kBandwidthPercentage) {
        highest = std::max(highest, value.value.number.value_or(0));
      }
    }
  }
  if (highest <= 100) return "";
  const std::string doubt = fmt::format(
      "a benchmark moved {:.0f} % of what `pmubench bandwidth check` attained: other programs ran "
      "then, or its arrays were small; run it again on the idle machine",
      highest);
  plan_.wrong.emplace(kMemoryAttainable, doubt);
  return doubt;
}

std::vector<std::string> Suite::EngineArguments() const {
  const int factor = std::max<int>(static_cast<int>(plan_.passes.size()), 1);
  return {fmt::format("--benchmark_repetitions={}", flags_.repetitions * factor),
          "--benchmark_report_aggregates_only=false", "--benchmark_display_aggregates_only=false",
          "--benchmark_out="};
}

bool Suite::IsMissing(const CatalogueMetric& metric) const {
  return std::any_of(metric.events.begin(), metric.events.end(),
                     [&](const std::string& event) { return plan_.missing.contains(event); });
}

bool Suite::AskedByNameIsMissing() const {
  for (const CatalogueMetric& metric : plan_.metrics) {
    const bool by_name = std::find(flags_.metrics.begin(), flags_.metrics.end(), metric.name) !=
                         flags_.metrics.end();
    if (by_name && IsMissing(metric)) return true;
  }
  return false;
}

int Suite::Run(const Engine& engine, benchmark::BenchmarkReporter& display) {
  SessionOptions session_options;
  session_options.hardware.exclude_kernel = !plan_.counts_kernel;
  session_options.permissions = plan_.permissions;
  session_options.loop_hooked = entry_.loop_hooked;
  session_options.traffic = traffic_.get();
  std::vector<Pass> passes;
  for (const auto& events : plan_.passes) passes.push_back({events});
  const Collector* collected = nullptr;
  int runs = 0;
  TerminalProgress progress;
  session_options.after_run = [&] {
    const std::size_t done = collected->instances().size();
    progress.Show(fmt::format("{} benchmark(s) reported, now in run {} of the next", done, ++runs));
  };
  Session session(SystemKernel(), passes, session_options);

  CollectorOptions options;
  options.passes = session.pass_count();
  options.asked_repetitions = flags_.repetitions;
  options.aggregates_only = flags_.report_aggregates_only || flags_.display_aggregates_only;
  options.evaluate = [this](const auto& measurements) { return plan_.Evaluate(measurements); };
  SuiteRecorder recorder(flags_.out, executable_, entry_.method, plan_);
  if (auto writable = recorder.CheckWritable(); !writable) {
    Note(writable.error().ToString());
    return 2;
  }
  options.before_rows = [&] { progress.Clear(); };
  options.on_progress = [&] {
    runs = 0;
    recorder.Progress(collected->instances());
  };
  Collector collector(display, std::move(options));
  collected = &collector;

  const InterruptGuard guard([&recorder] { recorder.Interrupted(); });
  SetActiveSession(&session);
  std::size_t matched = engine.run(&collector, "");
  FillHoles(session.pass_count(),
            {.missing = [&](int pass) { return collector.Missing(pass); },
             .error = [&](int pass) -> std::optional<Error> {
               const auto errors = session.errors();
               const auto error = errors.find(pass);
               return error == errors.end() ? std::nullopt : std::optional(error->second);
             },
             .forget = [&](int pass) { session.ForgetError(pass); },
             .run =
                 [&](int pass, const std::vector<std::string>& benchmarks) {
                   session.PinPass(pass);
                   engine.run(&collector, ExactFilter(benchmarks));
                 },
             .note =
                 [&](const std::string& line) {
                   progress.Clear();
                   Note(line);
                 },
             .wait =
                 [](int milliseconds) {
                   std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
                 }});
  SetActiveSession(nullptr);
  progress.Clear();
  if (session.counts_process() && !traffic_ && flags_.bandwidth == "auto") MissTraffic();
  if (flags_.list_tests) return 0;
  for (const auto& [pass, error] : session.errors()) {
    for (const EventEncoding& event : plan_.passes[static_cast<std::size_t>(pass)]) {
      plan_.missing.emplace(event.name, error.ToString());
    }
  }
  collector.FinishDisplay();

  int exit_code = matched == 0 ? 2 : 0;
  if (matched > 0 && !flags_.quiet) PrintNotes(collector);
  ExplainTraffic(collector);
  auto fail = [&](const Error& error) {
    Note(error.ToString());
    exit_code = 2;
  };
  if (!flags_.benchmark_out.empty()) {
    if (auto written = WriteBenchmarkOut(flags_, collector); !written) fail(written.error());
  }
  if (auto saved = recorder.Finish(collector.instances()); !saved) fail(saved.error());
  return exit_code == 0 && AskedByNameIsMissing() ? 3 : exit_code;
}

void Suite::PrintNotes(const Collector& collector) const {
  double lowest = 1;
  std::set<std::string> reasons;
  for (const Instance& instance : collector.instances()) {
    const std::vector<MetricValue> values = plan_.Evaluate(instance.Measurements());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const MetricValue& value = values[i];
      if (value.sampling_ratio) lowest = std::min(lowest, *value.sampling_ratio);
      // What has a missing event is explained once, by DescribeMissing.
      if (!value.value.number && !instance.Skipped() && !IsMissing(plan_.metrics[i])) {
        reasons.insert(fmt::format("{}: {}", value.name, value.value.reason));
      }
    }
  }
  std::string units;
  for (const CatalogueMetric& metric : plan_.metrics) {
    if (!IsMissing(metric)) {
      units += fmt::format("{}{} [{}]", units.empty() ? "" : ", ", metric.name, metric.unit);
    }
  }
  if (!units.empty()) {
    Note(fmt::format("metrics: {}", units));
    Note(fmt::format(
        "{} group(s) of events, each in a pass of its own; lowest sampling ratio "
        "{:.3f}; hardware events count {}",
        plan_.passes.size(), lowest, plan_.counts_kernel ? "user space and kernel" : "user space"));
  }
  for (const std::string& line : DescribeMissing(plan_)) Note(line);
  for (const std::string& reason : reasons) Note(reason);
}

}  // namespace pmubench::gbench
