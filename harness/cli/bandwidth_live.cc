#include "cli/bandwidth_live.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "cli/bandwidth_output.h"
#include "cli/bandwidth_source.h"
#include "runner/child.h"
#include "runner/signal_watch.h"
#include "runner/waiter.h"

namespace pmubench {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::nanoseconds Duration(double seconds) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

/// Reads often enough for the counters and adds up; prints once an interval.
class Series {
 public:
  Series(const BandwidthMeter& meter, const BandwidthPrinter& printer, double interval_s,
         double duration_s)
      : meter_(meter),
        printer_(printer),
        interval_(Duration(interval_s)),
        last_(meter.Read()),
        run_(last_, meter.traffic()) {
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
    run_.Add(now);
    last_ = std::move(now);
    if (last_.time < next_print_) return;
    printer_.Print(Seconds(last_.time - begin_), current_, false);
    current_ = {};
    // A late wake shortens nothing: the next interval begins now.
    next_print_ = last_.time + interval_;
  }

  void Finish() {
    Tick();
    printer_.Print(Seconds(last_.time - begin_), whole(), true);
  }
  [[nodiscard]] MeterInterval whole() const { return run_.Total(); }

 private:
  const BandwidthMeter& meter_;
  const BandwidthPrinter& printer_;
  const Clock::duration interval_;
  MeterReading last_;
  RunTotal run_;
  MeterInterval current_;
  Clock::time_point begin_, next_print_;
  std::optional<Clock::time_point> end_;
};

/// Ports that are memory controllers' carry the same traffic. Those kept from another day, or of a
/// map, are checked by that whenever they are used.
void WarnOfUnevenPorts(const OpenedSource& source, const MeterInterval& whole) {
  constexpr double kEnough = 1e9;  // bytes, and bytes/s: less may well be one page's
  constexpr double kTooUneven = 0.10;
  const double total = whole.moved.all.total.value_or(0);
  if (source.listed.source.info.name != "cmn" || total < kEnough ||
      total < kEnough * whole.seconds) {
    return;
  }
  const double unevenness = ChannelUnevenness(whole, source.meter.traffic());
  if (unevenness <= kTooUneven) return;
  fmt::print(
      stderr,
      "pmubench: the ports' traffic differs by {:.0f} %, interleaved memory controllers' by 3 % "
      "at most: are these still their ports? sudo pmubench bandwidth locate\n",
      100 * unevenness);
}

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
  std::optional<ResctrlGroup> group;
  if (options.limits.any() || options.only_command) {
    auto made = ResctrlGroup::Make("/", options.limits);
    if (!made) return made.error();
    group.emplace(*std::move(made));
  }
  const bool other = options.only_command && !options.source.starts_with("resctrl");
  auto source = OpenSource(other ? "resctrl" : options.source, options.interval_ms * 1e-3,
                           options.only_command ? &*group : nullptr);
  if (!source) return source.error();
  auto child = StartCommand(options);
  if (!child) return child.error();
  SignalWatch signals;
  Waiter waiter(signals.descriptor());
  const BandwidthPrinter printer(options.format, source->listed, source->meter.left_out(),
                                 ReadAttainable(source->machine, source->listed.source.info.name));
  printer.Head();
  Series series(source->meter, printer, options.interval_ms * 1e-3, options.duration_s);
  // After the first reading: what the command moves while counters are being read is in some only.
  if (*child) {
    waiter.Add((*child)->pid());
    if (auto released = (*child)->Release(); !released) return released.error();
  }
  while (!series.IsOver()) {
    const Waiter::Woken woken = waiter.Until(series.NextWake());
    // A terminal's Ctrl-C reaches the command too: its end is ours.
    if (woken != Waiter::Woken::kByTime) break;
    series.Tick();
  }
  series.Finish();
  WarnOfUnevenPorts(*source, series.whole());
  if (const auto occupied = group ? group->CacheOccupancy() : std::nullopt) {
    fmt::print(stderr, "pmubench: last-level cache occupied at the end: {:.1f} MiB\n",
               *occupied / 1048576);
  }
  if (!*child) return 0;
  if (series.IsOver()) kill((*child)->pid(), SIGTERM);
  const ChildEnd end = (*child)->Wait();
  return series.IsOver() ? 0 : end.exit_code;
}

}  // namespace pmubench
