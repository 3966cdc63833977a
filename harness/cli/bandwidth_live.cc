#include "cli/bandwidth_live.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "bandwidth/meter.h"
#include "bandwidth/sources.h"
#include "runner/child.h"
#include "runner/signal_watch.h"
#include "runner/waiter.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// The source asked for, else the one chosen.
Result<ListedSource> SourceToUse(const std::string& name) {
  SourceList list = FindSources(ReadBandwidthMachine("/"));
  const bool automatic = name.empty() || name == "auto";
  if (automatic && list.chosen) return std::move(list.sources[*list.chosen]);
  if (automatic) {
    return Error{ErrorCode::kNoPmu, "no source of memory bandwidth can be used here",
                 "`pmubench list sources` says why, and what would change it"};
  }
  const auto wanted = SourceNamed(name);
  if (!wanted) return wanted.error();
  for (ListedSource& listed : list.sources) {
    if (listed.source.info.name != wanted->info.name) continue;
    if (listed.finding.presence == Presence::kReady) return std::move(listed);
    return Error{
        ErrorCode::kNoPmu,
        fmt::format("source {} cannot be used here: {}", wanted->info.name, listed.finding.why),
        listed.finding.remedy};
  }
  return Error{ErrorCode::kUsage, fmt::format("there is no source '{}'", name), ""};
}

Json Number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

void AddRates(const Rates& rates, Json* json) {
  (*json)["read_bytes_per_s"] = Number(rates.read);
  (*json)["write_bytes_per_s"] = Number(rates.write);
  (*json)["total_bytes_per_s"] = Number(rates.total);
}

std::string Cell(const std::optional<double>& rate) {
  return rate ? fmt::format("{:.3f}", *rate * 1e-9) : "-";
}

std::string CsvCell(const std::optional<double>& rate) {
  return rate ? fmt::format("{:.0f}", *rate) : "";
}

/// Prints intervals as they come, and the whole at the end.
class Printer {
 public:
  Printer(const BandwidthLiveOptions& options, const ListedSource& source, std::size_t left_out)
      : format_(options.format), source_(source), left_out_(left_out) {}

  void Head() const {
    if (format_ == "csv") {
      fmt::print(
          "end_s,seconds,socket,read_bytes_per_s,write_bytes_per_s,total_bytes_per_s,"
          "sampling_ratio,incomplete\n");
    }
    if (format_ != "text") return;
    fmt::print("{} ({}){}\n", source_.source.info.title, source_.source.info.method,
               source_.source.info.estimate ? ": reads, estimate" : "");
    fmt::print("{:>10} {:>7} {:>10} {:>10} {:>10}  {}\n", "s", "socket", "read", "write", "total",
               "GB/s");
  }

  void Print(double end, const MeterInterval& interval, bool whole) const {
    if (format_ == "json") return PrintJson(end, interval, whole);
    if (whole && format_ == "text") fmt::print("whole run:\n");
    if (interval.moved.sockets.size() > 1) {
      for (const auto& [socket, moved] : interval.moved.sockets) {
        Line(end, fmt::format("{}", socket), moved, interval);
      }
    }
    Line(end, "all", interval.moved.all, interval);
    std::fflush(stdout);
  }

 private:
  [[nodiscard]] bool Incomplete(const MeterInterval& interval) const {
    return interval.missing + left_out_ > 0 || !source_.finding.warnings.empty();
  }

  void Line(double end, const std::string& socket, const Moved& moved,
            const MeterInterval& interval) const {
    const Rates rates = moved.Over(interval.seconds);
    if (format_ == "csv") {
      fmt::print("{:.6f},{:.6f},{},{},{},{},{:.4f},{}\n", end, interval.seconds, socket,
                 CsvCell(rates.read), CsvCell(rates.write), CsvCell(rates.total),
                 interval.lowest_ratio, Incomplete(interval) ? 1 : 0);
      return;
    }
    fmt::print("{:>10.3f} {:>7} {:>10} {:>10} {:>10}{}{}\n", end, socket, Cell(rates.read),
               Cell(rates.write), Cell(rates.total),
               interval.lowest_ratio < 0.999
                   ? fmt::format("  sampling ratio {:.3f}", interval.lowest_ratio)
                   : "",
               Incomplete(interval) ? "  incomplete" : "");
  }

  void PrintJson(double end, const MeterInterval& interval, bool whole) const {
    Json json = {{"source", source_.source.info.name},
                 {"whole_run", whole},
                 {"end_s", end},
                 {"seconds", interval.seconds}};
    AddRates(interval.moved.all.Over(interval.seconds), &json);
    json["sampling_ratio"] = interval.lowest_ratio;
    json["missing_counters"] = interval.missing + left_out_;
    json["incomplete"] = Incomplete(interval);
    json["sockets"] = Json::array();
    for (const auto& [socket, moved] : interval.moved.sockets) {
      Json one = {{"socket", socket}};
      AddRates(moved.Over(interval.seconds), &one);
      json["sockets"].push_back(std::move(one));
    }
    fmt::print("{}\n", json.dump());
    std::fflush(stdout);
  }

  const std::string format_;
  const ListedSource& source_;
  const std::size_t left_out_;
};

std::chrono::nanoseconds Duration(double seconds) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

/// Reads often enough for the counters and adds up; prints once an interval.
class Series {
 public:
  Series(const BandwidthMeter& meter, const Printer& printer, double interval_s, double duration_s)
      : meter_(meter), printer_(printer), interval_(Duration(interval_s)) {
    last_ = meter.Read();
    begin_ = last_.time;
    next_print_ = begin_ + interval_;
    if (duration_s > 0) end_ = begin_ + Duration(duration_s);
  }

  [[nodiscard]] Clock::time_point NextWake() const {
    const auto wake = std::min(next_print_, last_.time + meter_.longest_wait());
    return end_ ? std::min(wake, *end_) : wake;
  }
  [[nodiscard]] bool IsOver() const { return end_ && last_.time >= *end_; }

  void Tick() {
    MeterReading now = meter_.Read();
    const MeterInterval step = Between(last_, now, meter_.traffic());
    current_.Add(step);
    whole_.Add(step);
    last_ = std::move(now);
    if (last_.time < next_print_) return;
    printer_.Print(Seconds(last_.time - begin_), current_, false);
    current_ = {};
    // A late wake shortens nothing: the next interval begins now.
    next_print_ = last_.time + interval_;
  }

  void Finish() {
    Tick();
    printer_.Print(Seconds(last_.time - begin_), whole_, true);
  }

 private:
  const BandwidthMeter& meter_;
  const Printer& printer_;
  const Clock::duration interval_;
  MeterReading last_;
  MeterInterval current_;
  MeterInterval whole_;
  Clock::time_point begin_, next_print_;
  std::optional<Clock::time_point> end_;
};

Result<std::optional<Child>> StartCommand(const BandwidthLiveOptions& options) {
  std::optional<Child> child;
  if (options.command.empty()) return child;
  ChildOptions child_options;
  child_options.command = options.command;
  if (options.format != "text") child_options.output = ChildOptions::Output::kToStandardError;
  auto started = Child::Start(child_options);
  if (!started) return started.error();
  child.emplace(std::move(*started));
  return child;
}

}  // namespace

Result<int> RunBandwidthLive(const BandwidthLiveOptions& options) {
  auto source = SourceToUse(options.source);
  if (!source) return source.error();
  auto meter = BandwidthMeter::Open(SystemKernel(), source->finding, ReadPermissions("/"));
  if (!meter) return meter.error();
  for (const auto& warnings : {source->finding.warnings, meter->warnings()}) {
    for (const std::string& warning : warnings) fmt::print(stderr, "pmubench: {}\n", warning);
  }
  auto child = StartCommand(options);
  if (!child) return child.error();
  SignalWatch signals;
  Waiter waiter(signals.descriptor());
  if (*child) {
    waiter.Add((*child)->pid());
    if (auto released = (*child)->Release(); !released) return released.error();
  }
  const Printer printer(options, *source, meter->left_out());
  printer.Head();
  Series series(*meter, printer, options.interval_ms * 1e-3, options.duration_s);
  while (!series.IsOver()) {
    const Waiter::Woken woken = waiter.Until(series.NextWake());
    // A terminal's Ctrl-C reaches the command too: its end is ours.
    if (woken != Waiter::Woken::kByTime) break;
    series.Tick();
  }
  series.Finish();
  if (!*child) return 0;
  if (series.IsOver()) kill((*child)->pid(), SIGTERM);
  const ChildEnd end = (*child)->Wait();
  return series.IsOver() ? 0 : end.exit_code;
}

}  // namespace pmubench
