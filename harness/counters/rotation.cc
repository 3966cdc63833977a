#include "counters/rotation.h"

#include <linux/perf_event.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace pmubench {
namespace {

/// Counts nothing and needs no counter: its time enabled is the time that a task ran.
const EventEncoding kTimeBase{"time base",         "software", PERF_TYPE_SOFTWARE,
                              PERF_COUNT_SW_DUMMY, 0,          0};

TurnCounts Difference(const TurnCounts& now, const TurnCounts& before) {
  TurnCounts turn = now;
  for (std::size_t i = 0; i < before.counts.size(); ++i) turn.counts[i] -= before.counts[i];
  turn.time_enabled_ns -= before.time_enabled_ns;
  turn.time_running_ns -= before.time_running_ns;
  return turn;
}

void Append(const GroupReading& reading, TurnCounts& counts) {
  for (std::size_t i = 0; i < reading.size; ++i) counts.counts.push_back(reading.members[i].value);
  // Of several PMUs in one turn the least measured one says how far all were measured.
  const bool first = counts.counts.size() == reading.size;
  if (first || reading.time_running < counts.time_running_ns) {
    counts.time_enabled_ns = reading.time_enabled;
    counts.time_running_ns = reading.time_running;
  }
}

/// The events in the order in which a set of them is read: by PMU.
std::vector<EventEncoding> ReadingOrder(const CounterSet& set) {
  std::vector<EventEncoding> events;
  for (const CounterGroup& group : set.groups()) {
    events.insert(events.end(), group.events().begin(), group.events().end());
  }
  return events;
}

void Add(const TurnCounts& more, TurnCounts& sum) {
  sum.counts.resize(std::max(sum.counts.size(), more.counts.size()));
  for (std::size_t i = 0; i < more.counts.size(); ++i) sum.counts[i] += more.counts[i];
  sum.time_enabled_ns += more.time_enabled_ns;
  sum.time_running_ns += more.time_running_ns;
}

}  // namespace

TargetTurn SumOf(const std::vector<TargetTurn>& turns) {
  TargetTurn sum;
  for (const TargetTurn& turn : turns) {
    sum.groups.resize(std::max(sum.groups.size(), turn.groups.size()));
    for (std::size_t g = 0; g < turn.groups.size(); ++g) Add(turn.groups[g], sum.groups[g]);
    sum.always.resize(std::max(sum.always.size(), turn.always.size()));
    for (std::size_t i = 0; i < turn.always.size(); ++i) sum.always[i] += turn.always[i];
    sum.time_ns += turn.time_ns;
  }
  return sum;
}

Rotation::Rotation(Kernel& kernel, std::vector<std::vector<EventEncoding>> groups,
                   std::vector<EventEncoding> software, const RotationOptions& options,
                   const Permissions& permissions)
    : kernel_(&kernel),
      groups_(std::move(groups)),
      software_(std::move(software)),
      options_(options),
      permissions_(permissions) {}

Result<std::size_t> Rotation::AddTarget(const CounterTarget& target) {
  const bool on_exec = options_.counting.enable_on_exec && !started_;
  if (!started_) current_ = options_.first;
  std::vector<Part> parts;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    CounterOptions counting = options_.counting;
    counting.enable_on_exec = on_exec && TurnOf(g);
    auto set = CounterSet::Open(*kernel_, groups_[g], target, counting, permissions_);
    if (!set) return set.error();
    groups_[g] = ReadingOrder(*set);
    TurnCounts none;
    none.counts.resize(groups_[g].size());
    parts.push_back({std::move(*set), std::move(none)});
  }
  std::vector<EventEncoding> always{kTimeBase};
  always.insert(always.end(), software_.begin(), software_.end());
  const CounterOptions counting{.exclude_kernel = !options_.software_kernel,
                                .enable_on_exec = on_exec};
  auto group = CounterGroup::Open(*kernel_, always, target, counting, permissions_);
  if (!group) return group.error();
  TurnCounts none;
  none.counts.resize(always.size());
  targets_.push_back({std::move(parts), std::move(*group), std::move(none)});
  if (started_) {
    if (auto done = EnableTarget(targets_.back()); !done) return done.error();
  }
  return targets_.size() - 1;
}

void Rotation::Retire(std::size_t target) {
  targets_[target].parts.clear();
  targets_[target].always.reset();
}

Result<void> Rotation::EnableTarget(Target& target) {
  if (auto done = target.always->Enable(); !done) return done;
  for (std::size_t g = 0; g < target.parts.size(); ++g) {
    if (!TurnOf(g)) continue;
    if (auto done = target.parts[g].set.Enable(); !done) return done;
  }
  return {};
}

Result<void> Rotation::Start() {
  assert(!started_ && (groups_.empty() || options_.first < groups_.size()));
  current_ = options_.first;
  started_ = true;
  if (options_.counting.enable_on_exec) return {};
  for (Target& target : targets_) {
    if (auto done = EnableTarget(target); !done) return done;
  }
  return {};
}

Result<TurnCounts> Rotation::ReadPart(const Part& part, std::size_t group) const {
  TurnCounts counts;
  counts.counts.reserve(groups_[group].size());
  for (const CounterGroup& of_pmu : part.set.groups()) {
    auto reading = of_pmu.Read();
    if (!reading) return reading.error();
    Append(*reading, counts);
  }
  return counts;
}

Result<void> Rotation::CollectGroup(Target& target, std::size_t group, TargetTurn& turn) {
  Part& part = target.parts[group];
  auto now = ReadPart(part, group);
  if (!now) return now.error();
  turn.groups[group] = Difference(*now, part.last);
  part.last = std::move(*now);
  return {};
}

Result<void> Rotation::CollectAlways(Target& target, TargetTurn& turn) {
  auto reading = target.always->Read();
  if (!reading) return reading.error();
  TurnCounts now;
  Append(*reading, now);
  const TurnCounts difference = Difference(now, target.last_always);
  turn.always.assign(difference.counts.begin() + 1, difference.counts.end());
  turn.time_ns = difference.time_enabled_ns;
  target.last_always = std::move(now);
  return {};
}

Result<void> Rotation::EndTarget(Target& target, bool stop, std::size_t next, TargetTurn& turn) {
  const bool by_us = options_.switching == Switching::kByUs;
  const bool off = stop || (by_us && next != current_);
  turn.groups.resize(groups_.size());
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (!TurnOf(g)) continue;
    // Off before it is read: what was counted is then exactly the turn's.
    if (off) {
      if (auto done = target.parts[g].set.Disable(); !done) return done;
    }
    if (by_us && off && !stop) {
      if (auto done = target.parts[next].set.Enable(); !done) return done;
    }
    if (auto done = CollectGroup(target, g, turn); !done) return done;
  }
  if (stop) {
    if (auto done = target.always->Disable(); !done) return done;
  }
  return CollectAlways(target, turn);
}

Result<std::vector<TargetTurn>> Rotation::End(bool stop, std::size_t next) {
  std::vector<TargetTurn> turns(targets_.size());
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    if (!targets_[t].always) continue;
    if (auto done = EndTarget(targets_[t], stop, next, turns[t]); !done) return done.error();
  }
  current_ = next;
  return turns;
}

Result<std::vector<TargetTurn>> Rotation::Switch(std::size_t next) {
  assert(started_ && (groups_.empty() || next < groups_.size()));
  return End(/*stop=*/false, next);
}

Result<std::vector<TargetTurn>> Rotation::Stop() {
  assert(started_);
  return End(/*stop=*/true, current_);
}

}  // namespace pmubench
