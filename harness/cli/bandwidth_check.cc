#include "cli/bandwidth_check.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "bandwidth/check.h"
#include "cli/bandwidth_output.h"
#include "cli/bandwidth_source.h"
#include "runner/terminal_progress.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

std::chrono::nanoseconds Duration(double seconds) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

/// Reads as often as the counters need until the time is over.
class Watch {
 public:
  explicit Watch(const BandwidthMeter& meter)
      : meter_(meter), last_(meter.Read()), run_(last_, meter.traffic()) {}

  void For(double seconds) {
    const auto end = last_.time + Duration(seconds);
    while (last_.time < end) {
      std::this_thread::sleep_until(std::min(end, last_.time + meter_.longest_wait()));
      Read();
    }
  }
  MeterInterval Finish() {
    Read();
    return run_.Total();
  }

 private:
  void Read() {
    last_ = meter_.Read();
    run_.Add(last_);
  }
  const BandwidthMeter& meter_;
  MeterReading last_;
  RunTotal run_;
};

/// Everything that a check found.
struct Report {
  MeterInterval idle;
  std::vector<KernelRun> runs;
  std::vector<KernelCheck> checks;
  Attainable attainable;
  std::size_t threads = 0;
  double array_bytes = 0;
};

/// Only what the sockets asked for moved: other sockets' idle traffic is not the load's.
Moved MovedBy(const MeterInterval& interval, int socket) {
  if (socket < 0) return interval.moved.all;
  const auto found = interval.moved.sockets.find(socket);
  return found == interval.moved.sockets.end() ? Moved() : found->second;
}

KernelRun RunOne(const TrafficKernelInfo& kernel, TrafficTeam& team, const OpenedSource& source,
                 const BandwidthCheckOptions& options) {
  KernelRun run;
  run.kernel = kernel;
  // What the caches hold at the start, dirty lines too, is then what they hold at the end.
  constexpr double kWarmUp = 0.1;
  team.Begin(kernel);
  std::this_thread::sleep_for(Duration(kWarmUp * options.seconds));
  (void)team.End();
  Watch watch(source.meter);
  team.Begin(kernel);
  watch.For(options.seconds);
  run.program = team.End();
  const MeterInterval interval = watch.Finish();
  run.seconds = interval.seconds;
  run.measured = MovedBy(interval, options.socket);
  run.sampling_ratio = interval.lowest_ratio;
  run.incomplete = interval.missing + source.meter.left_out() > 0;
  return run;
}

Result<Report> Measure(const OpenedSource& source, const BandwidthCheckOptions& options) {
  auto place = PlaceOfSocket(source.machine, options.socket);
  if (!place) return place.error();
  if (options.array_mib > 0) {
    place->bytes_an_array = static_cast<std::size_t>(options.array_mib * 1024) * 1024;
  }
  auto team = TrafficTeam::Start(*place);
  if (!team) return team.error();
  Report report;
  report.threads = place->cpus.size();
  report.array_bytes = static_cast<double>(place->bytes_an_array);
  TerminalProgress progress;
  progress.Show("idle");
  Watch idle(source.meter);
  idle.For(std::min(1.0, options.seconds));
  report.idle = idle.Finish();
  for (const TrafficKernelInfo& kernel : TrafficKernels()) {
    progress.Show(fmt::format("{}: {}", kernel.name, kernel.about));
    report.runs.push_back(RunOne(kernel, *team, source, options));
    report.checks.push_back(JudgeKernel(report.runs.back(), options.tolerance));
    report.attainable.Raise(report.runs.back().measured.Over(report.runs.back().seconds));
  }
  report.attainable.time = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  return report;
}

std::string RatioCell(const std::optional<double>& ratio) {
  return ratio ? fmt::format("{:.3f}", *ratio) : "-";
}

void PrintText(const Report& report, const OpenedSource& source, CheckVerdict verdict) {
  const Rates idle = report.idle.moved.all.Over(report.idle.seconds);
  fmt::print("{} ({})\n{} threads, three arrays of {:.0f} MiB each\n",
             source.listed.source.info.title, source.listed.source.info.method, report.threads,
             report.array_bytes / 1048576);
  fmt::print("idle: read {}, write {}, total {} GB/s; not subtracted below\n\n",
             GigabytesCell(idle.read), GigabytesCell(idle.write), GigabytesCell(idle.total));
  fmt::print("{:<9} {:>11} {:>11} {:>8} {:>8} {:>8} {:>10} {:>9} {:>9}  {}\n", "kernel",
             "read GB/s", "write GB/s", "read", "write", "total", "allocated", "STREAM", "really",
             "verdict");
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    const KernelRun& run = report.runs[i];
    const KernelCheck& check = report.checks[i];
    const Rates rates = run.measured.Over(run.seconds);
    const TrafficWords& words = run.kernel.words;
    const int named = words.read + words.write;
    fmt::print("{:<9} {:>11} {:>11} {:>8} {:>8} {:>8} {:>10} {:>9} {:>9}  {}: {}\n",
               run.kernel.name, GigabytesCell(rates.read), GigabytesCell(rates.write),
               RatioCell(check.read_ratio), RatioCell(check.write_ratio),
               RatioCell(check.total_ratio),
               check.allocated ? fmt::format("{:.0f} %", 100 * *check.allocated) : "-",
               fmt::format("{} words", named),
               fmt::format("{:.2f}", named + words.allocated * check.allocated.value_or(0)),
               VerdictName(check.verdict), check.why);
  }
  fmt::print(
      "\nread, write, total: measured over what the program moved, 1 is right. allocated: lines "
      "read "
      "before they\nare written. STREAM counts the words that a kernel names (copy 2, triad 3); a "
      "cache "
      "that allocates on\nwrites moves one more (3 and 4): `really` is what this machine moved.\n"
      "attainable: read {}, write {}, total {} GB/s\nthe source {}\n",
      GigabytesCell(report.attainable.rates.read), GigabytesCell(report.attainable.rates.write),
      GigabytesCell(report.attainable.rates.total), VerdictName(verdict));
}

void PrintJson(const Report& report, const OpenedSource& source, CheckVerdict verdict) {
  Json json = {{"source", source.listed.source.info.name},
               {"threads", report.threads},
               {"array_bytes", report.array_bytes},
               {"idle", Json::object()},
               {"kernels", Json::array()},
               {"attainable", Json::object()},
               {"verdict", VerdictName(verdict)}};
  AddRates(report.idle.moved.all.Over(report.idle.seconds), &json["idle"]);
  AddRates(report.attainable.rates, &json["attainable"]);
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    const KernelRun& run = report.runs[i];
    const KernelCheck& check = report.checks[i];
    Json one = {{"kernel", run.kernel.name}, {"about", run.kernel.about}, {"seconds", run.seconds}};
    AddBytes(run.measured, &one);
    one["program_read_bytes"] = run.program.read;
    one["program_write_bytes"] = run.program.write;
    one["allocated_bytes_at_most"] = run.program.allocated;
    one["stream_bytes"] = StreamBytes(run.program);
    one["read_ratio"] = JsonOf(check.read_ratio);
    one["write_ratio"] = JsonOf(check.write_ratio);
    one["total_ratio"] = JsonOf(check.total_ratio);
    one["allocated"] = JsonOf(check.allocated);
    one["sampling_ratio"] = run.sampling_ratio;
    one["incomplete"] = run.incomplete;
    one["verdict"] = VerdictName(check.verdict);
    one["why"] = check.why;
    json["kernels"].push_back(std::move(one));
  }
  fmt::print("{}\n", json.dump(2));
}

}  // namespace

Result<int> RunBandwidthCheck(const BandwidthCheckOptions& options) {
  auto source = OpenSource(options.source, options.seconds);
  if (!source) return source.error();
  const auto report = Measure(*source, options);
  if (!report) return report.error();
  const CheckVerdict verdict = JudgeSource(report->checks);
  if (options.socket < 0) {
    const auto kept =
        KeepAttainable(source->machine, source->listed.source.info.name, report->attainable);
    if (!kept) fmt::print(stderr, "pmubench: not kept: {}\n", kept.error().ToString());
  }
  if (options.format == "json") {
    PrintJson(*report, *source, verdict);
  } else {
    PrintText(*report, *source, verdict);
  }
  return verdict == CheckVerdict::kAgrees ? 0 : 1;
}

}  // namespace pmubench
