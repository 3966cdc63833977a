#include "runner/stat.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <random>
#include <utility>

#include "counters/turn_order.h"
#include "runner/process_counters.h"
#include "runner/signal_watch.h"
#include "runner/waiter.h"

namespace pmubench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

double Seconds(nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }
double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// One run of `stat`.
class Session {
 public:
  Session(const StatRequest& request, const MeasurementPlan& plan, Kernel& kernel,
          TargetRequest target, bool command_is_target)
      : request_(request),
        plan_(plan),
        command_is_target_(command_is_target),
        groups_(HardwareGroups(plan)),
        order_(Turns(plan, groups_.size()), request.turn, std::random_device{}()),
        rotation_(kernel, groups_, SoftwareEvents(plan), Options(), plan.permissions),
        targets_(std::move(target)) {}

  Result<void> Attach() {
    if (auto attached = targets_.Attach(rotation_); !attached) return attached;
    const TurnLayout layout = TurnLayout::Of(rotation_);
    total_.emplace(plan_, layout, Kind());
    interval_.emplace(plan_, layout, Kind());
    end_.setup = {layout, request_.switching, request_.turn};
    return {};
  }

  Result<void> Begin() {
    begin_ = turn_begin_ = interval_begin_ = Clock::now();
    return rotation_.Start();
  }

  /// When the next turn, interval or the whole run ends.
  [[nodiscard]] std::optional<Clock::time_point> NextWake() const {
    std::optional<Clock::time_point> next;
    const auto sooner = [&](Clock::time_point when) { next = next ? std::min(*next, when) : when; };
    if (Switches()) sooner(turn_begin_ + order_.length());
    if (!Switches() && Kind() == TargetKind::kThreads) sooner(turn_begin_ + request_.turn);
    if (request_.interval.count() > 0) sooner(interval_begin_ + request_.interval);
    if (request_.duration.count() > 0) sooner(begin_ + request_.duration);
    return next;
  }

  [[nodiscard]] bool DurationIsOver() const {
    return request_.duration.count() > 0 && Clock::now() >= begin_ + request_.duration;
  }

  /// Ends the turn, and begins the next one.
  Result<void> Turn(const OnInterval& on_interval) {
    if (auto done = targets_.Follow(rotation_); !done) return done;
    const std::size_t group = order_.group();
    const std::size_t round = order_.round();
    if (Switches()) order_.Next();
    auto turns = rotation_.Switch(Switches() ? order_.group() : 0);
    if (!turns) return turns.error();
    const auto now = Clock::now();
    Book(*turns, round);
    if (Switches()) {
      const TargetTurn sum = SumOf(*turns);
      order_.Credit(group, now - turn_begin_, sum.groups[group].time_running_ns);
    }
    turn_begin_ = now;
    targets_.RetireEnded(rotation_);
    if (request_.interval.count() > 0 && now >= interval_begin_ + request_.interval) {
      ReportInterval(now, on_interval);
    }
    return {};
  }

  Result<StatEnd> Finish(const OnInterval& on_interval) {
    auto turns = rotation_.Stop();
    if (!turns) return turns.error();
    const auto now = Clock::now();
    Book(*turns, order_.round());
    if (request_.interval.count() > 0) ReportInterval(now, on_interval);
    end_.total = total_->Report(0, Seconds(now - begin_), targets_.threads());
    end_.rounds = order_.round() + 1;
    if (!targets_.note().empty()) end_.notes.push_back(targets_.note());
    return std::move(end_);
  }

  StatEnd& end() { return end_; }

 private:
  static std::vector<std::vector<EventEncoding>> HardwareGroups(const MeasurementPlan& plan) {
    std::vector<std::vector<EventEncoding>> groups;
    for (const auto& pass : plan.passes) {
      std::vector<EventEncoding> hardware = pass;
      std::erase_if(hardware, [](const auto& event) { return event.type == PERF_TYPE_SOFTWARE; });
      if (!hardware.empty()) groups.push_back(std::move(hardware));
    }
    return groups;
  }

  static std::vector<EventEncoding> SoftwareEvents(const MeasurementPlan& plan) {
    std::vector<EventEncoding> software;
    for (const auto& pass : plan.passes) {
      for (const EventEncoding& event : pass) {
        const bool known = std::find(software.begin(), software.end(), event) != software.end();
        if (event.type == PERF_TYPE_SOFTWARE && !known) software.push_back(event);
      }
    }
    return software;
  }

  static std::vector<int> Turns(const MeasurementPlan& plan, std::size_t groups) {
    std::vector<int> turns;
    for (std::size_t g = 0; g < plan.passes.size(); ++g) {
      const bool hardware =
          std::any_of(plan.passes[g].begin(), plan.passes[g].end(),
                      [](auto& event) { return event.type != PERF_TYPE_SOFTWARE; });
      if (hardware) turns.push_back(plan.plan.groups[g].turns);
    }
    turns.resize(groups, 1);
    return turns;
  }

  [[nodiscard]] RotationOptions Options() const {
    RotationOptions options;
    options.switching = request_.switching;
    options.counting.exclude_kernel = !plan_.counts_kernel;
    options.counting.enable_on_exec = command_is_target_;
    options.first = order_.group();
    options.software_kernel = plan_.permissions.may_count_kernel();
    return options;
  }

  [[nodiscard]] TargetKind Kind() const { return request_.target.kind; }
  [[nodiscard]] bool Switches() const {
    return request_.switching == Switching::kByUs && groups_.size() > 1;
  }

  void Book(const std::vector<TargetTurn>& turns, std::size_t round) {
    ++end_.turns;
    total_->Add(turns, targets_.threads(), round);
    if (request_.interval.count() > 0) interval_->Add(turns, targets_.threads(), round);
  }

  void ReportInterval(Clock::time_point now, const OnInterval& on_interval) {
    on_interval(interval_->Report(Seconds(interval_begin_ - begin_), Seconds(now - begin_),
                                  targets_.threads()),
                end_.setup);
    interval_.emplace(plan_, end_.setup.layout, Kind());
    interval_begin_ = now;
  }

  const StatRequest& request_;
  const MeasurementPlan& plan_;
  const bool command_is_target_;
  const std::vector<std::vector<EventEncoding>> groups_;
  TurnOrder order_;
  Rotation rotation_;
  StatTargets targets_;
  std::optional<StatBook> total_;
  std::optional<StatBook> interval_;
  Clock::time_point begin_, turn_begin_, interval_begin_;
  StatEnd end_;
};

}  // namespace

Result<StatEnd> RunStat(const StatRequest& request, const MeasurementPlan& plan, Kernel& kernel,
                        const OnInterval& on_interval) {
  TargetRequest target = request.target;
  const bool tasks = target.kind == TargetKind::kProcesses || target.kind == TargetKind::kThreads;
  const bool command_is_target = tasks && target.pids.empty();
  std::optional<Child> child;
  if (!request.command.empty()) {
    ChildOptions options;
    options.command = request.command;
    if (request.command_to_stderr) options.output = ChildOptions::Output::kToStandardError;
    auto started = Child::Start(options);
    if (!started) return started.error();
    child.emplace(std::move(*started));
    if (command_is_target) target.pids = {child->pid()};
  }
  const ManyOpenFiles many;  // after the fork: the command keeps its own limit
  SignalWatch signals;
  Waiter waiter(signals.descriptor());
  if (child) {
    waiter.Add(child->pid());
  } else if (tasks) {
    for (const pid_t pid : target.pids) waiter.Add(pid);
  }
  Session session(request, plan, kernel, std::move(target), command_is_target);
  if (auto attached = session.Attach(); !attached) return attached.error();
  if (auto begun = session.Begin(); !begun) return begun.error();
  if (child) {
    if (auto released = child->Release(); !released) return released.error();
  }
  StatEnd& end = session.end();
  while (true) {
    const Waiter::Woken woken = waiter.Until(session.NextWake());
    if (woken == Waiter::Woken::kByEnd || session.DurationIsOver()) break;
    if (woken == Waiter::Woken::kBySignal) {
      const auto signal = signals.Take();
      // The command decides what a first signal means; it got a terminal's anyway.
      const bool first = !std::exchange(end.interrupted, true);
      if (!child || !first) break;
      if (signal && signal->to_us_alone) kill(child->pid(), signal->number);
      continue;
    }
    if (auto turned = session.Turn(on_interval); !turned) return turned.error();
  }
  auto finished = session.Finish(on_interval);
  if (!finished || !child) return finished;
  // A command that only says how long to count, or that outlives the duration, is not waited for.
  if (request.duration.count() > 0 || finished->interrupted) kill(child->pid(), SIGTERM);
  finished->command = child->Wait();
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  finished->user_s = Seconds(usage.ru_utime);
  finished->system_s = Seconds(usage.ru_stime);
  return finished;
}

}  // namespace pmubench
