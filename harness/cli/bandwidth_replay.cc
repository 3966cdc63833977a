// `pmubench bandwidth replay`: bandwidth from what `perf stat` recorded.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "bandwidth/replay.h"
#include "bandwidth/sources.h"
#include "cli/bandwidth.h"
#include "cli/bounds.h"
#include "cli/verb.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

struct ReplayOptions {
  std::vector<std::string> files;
  std::string source;
  std::string average = "auto";
  std::string format = "text";
  double seconds = 0;
  bool intervals = false;
};

Json Number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json RatesJson(const Rates& rates) {
  return {{"read_bytes_per_s", Number(rates.read)},
          {"write_bytes_per_s", Number(rates.write)},
          {"total_bytes_per_s", Number(rates.total)}};
}

std::string Gigabytes(const std::optional<double>& rate) {
  return rate ? fmt::format("{:.3f}", *rate * 1e-9) : "-";
}

std::string RatesText(const Rates& rates) {
  return fmt::format("read {:>9}  write {:>9}  total {:>9} GB/s", Gigabytes(rates.read),
                     Gigabytes(rates.write), Gigabytes(rates.total));
}

Average ChosenAverage(const ReplayOptions& options, const BandwidthRun& run) {
  if (options.average == "intervals") return Average::kIntervals;
  if (options.average == "time") return Average::kTime;
  return run.has_clock ? Average::kIntervals : Average::kTime;
}

Json IntervalsJson(const BandwidthRun& run) {
  Json intervals = Json::array();
  for (const BandwidthInterval& interval : run.intervals) {
    Json one = {{"begin_s", interval.begin}, {"seconds", interval.seconds}};
    one.update(RatesJson(interval.moved.all.Over(interval.seconds)));
    one["sampling_ratio"] = interval.lowest_percent / 100;
    one["incomplete"] = interval.incomplete;
    intervals.push_back(std::move(one));
  }
  return intervals;
}

Json ToJson(const BandwidthRun& run, const ReplayOptions& options) {
  const bool by_interval = ChosenAverage(options, run) == Average::kIntervals;
  Json json = {{"source", run.source.name},
               {"method", run.source.method},
               {"estimate", run.source.estimate}};
  json.update(RatesJson(by_interval ? run.OverIntervals() : run.OverTime()));
  json["seconds"] = run.seconds;
  json["average"] = by_interval ? "intervals" : "time";
  json["bytes_over_time"] = RatesJson(run.OverTime());
  json["mean_of_intervals"] = RatesJson(run.OverIntervals());
  json["read_bytes"] = Number(run.moved.all.read);
  json["write_bytes"] = Number(run.moved.all.write);
  json["total_bytes"] = Number(run.moved.all.total);
  json["sampling_ratio"] = run.sampling_ratio;
  json["lowest_sampling_ratio"] = run.lowest_ratio;
  json["not_counted"] = run.not_counted;
  json["incomplete"] = run.incomplete;
  json["notes"] = run.notes;
  json["sockets"] = Json::array();
  for (const auto& [socket, moved] : run.moved.sockets) {
    Json one = {{"socket", socket}};
    one.update(RatesJson(moved.Over(run.seconds)));
    json["sockets"].push_back(std::move(one));
  }
  if (options.intervals) json["intervals"] = IntervalsJson(run);
  return json;
}

void PrintText(const BandwidthRun& run, const ReplayOptions& options) {
  const bool by_interval = ChosenAverage(options, run) == Average::kIntervals;
  fmt::print("{} ({}){}\n", run.source.title, run.source.method,
             run.incomplete ? " - INCOMPLETE" : "");
  if (options.intervals) {
    for (const BandwidthInterval& interval : run.intervals) {
      fmt::print("{:>12.3f} s  {}{}\n", interval.begin + interval.seconds,
                 RatesText(interval.moved.all.Over(interval.seconds)),
                 interval.incomplete ? "  incomplete" : "");
    }
  }
  if (run.moved.sockets.size() > 1) {
    for (const auto& [socket, moved] : run.moved.sockets) {
      fmt::print("  socket {:<5}  {}\n", socket, RatesText(moved.Over(run.seconds)));
    }
  }
  fmt::print("{:>12.3f} s  {}  ({})\n", run.seconds,
             RatesText(by_interval ? run.OverIntervals() : run.OverTime()),
             by_interval ? "mean of the intervals' rates" : "bytes over time");
  fmt::print("  sampling ratio {:.3f}, lowest {:.3f}\n", run.sampling_ratio, run.lowest_ratio);
  for (const std::string& note : run.notes) fmt::print("  note: {}\n", note);
}

int RunReplay(const ReplayOptions& options) {
  std::vector<Recording> recordings;
  for (const std::string& file : options.files) {
    auto text = ReadPerfFile(file);
    if (!text) return Fail(text.error());
    recordings.push_back({file, *std::move(text)});
  }
  auto source = options.source.empty() || options.source == "auto" ? SourceOfRecordings(recordings)
                                                                   : SourceNamed(options.source);
  if (!source) return Fail(source.error());
  auto run = EvaluateRecordings(
      recordings, *source,
      options.seconds > 0 ? std::optional<double>(options.seconds) : std::nullopt);
  if (!run) return Fail(run.error());
  if (options.format == "json") {
    fmt::print("{}\n", ToJson(*run, options).dump(2));
  } else {
    PrintText(*run, options);
  }
  return 0;
}

}  // namespace

void AddBandwidthReplay(CLI::App& bandwidth, int& exit_code) {
  auto* verb = bandwidth.add_subcommand("replay", "Bandwidth from recordings of perf stat");
  auto options = std::make_shared<ReplayOptions>();
  verb->add_option("files", options->files,
                   "what perf stat -x wrote, with any separator; several files are one run")
      ->required();
  verb->add_option("--source", options->source,
                   "the source that was recorded (default: the first whose events are there)");
  verb->add_flag("--intervals", options->intervals, "also by interval");
  verb->add_option("--average", options->average,
                   "time: bytes over seconds; intervals: mean of the intervals' rates; auto: "
                   "intervals where duration_time was recorded, else time")
      ->check(CLI::IsMember({"auto", "time", "intervals"}))
      ->capture_default_str();
  verb->add_option("--seconds", options->seconds, "length of a recording without times (no -I)")
      ->check(CLI::Range(1e-6, kMostSeconds));
  AddFormat(*verb, options->format);
  verb->footer(R"(
A rate is null (JSON) or - (text) where the source cannot tell it. GB/s are decimal. Counts are as perf
scaled them; the sampling ratio says for how much of the time they were measured.

Examples:
  perf stat -a -I 1000 -x'|' -o run.csv -e EVENTS -- ./my_program
  pmubench bandwidth replay run.csv
  pmubench bandwidth replay part1.csv part2.csv --source cmn --intervals --format json)");
  verb->callback([options, &exit_code] { exit_code = RunReplay(*options); });
}

}  // namespace pmubench
