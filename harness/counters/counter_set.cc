#include "counters/counter_set.h"

#include <algorithm>

namespace pmubench {

Result<CounterSet> CounterSet::Open(Kernel& kernel, const std::vector<EventEncoding>& events,
                                    const CounterTarget& target, const CounterOptions& options,
                                    const Permissions& permissions) {
  std::vector<std::vector<EventEncoding>> by_pmu;
  for (const EventEncoding& event : events) {
    auto same = std::find_if(by_pmu.begin(), by_pmu.end(),
                             [&](const auto& group) { return group[0].type == event.type; });
    if (same != by_pmu.end()) {
      same->push_back(event);
    } else if (event.type == PERF_TYPE_SOFTWARE) {
      by_pmu.push_back({event});
    } else {
      by_pmu.insert(by_pmu.begin(), {event});
    }
  }
  if (by_pmu.size() > kMaxGroupsInSet) {
    return Error{ErrorCode::kGroupTooLarge, "the events of one turn are of too many PMUs",
                 "ask for metrics of fewer PMUs at a time"};
  }
  CounterSet set;
  for (auto& group : by_pmu) {
    std::stable_partition(group.begin(), group.end(),
                          [](const EventEncoding& event) { return event.leads; });
    CounterOptions of_group = options;
    if (group[0].type == PERF_TYPE_SOFTWARE) {
      // They need no counter: pinning them would gain nothing. Context switches and migrations
      // happen in the kernel: without it they would read 0.
      of_group.pinned = false;
      of_group.exclude_kernel = !permissions.may_count_kernel();
    }
    auto opened = CounterGroup::Open(kernel, group, target, of_group, permissions);
    if (!opened) return opened.error();
    set.groups_.push_back(std::move(*opened));
  }
  return set;
}

Result<void> CounterSet::Enable() {
  for (CounterGroup& group : groups_) {
    if (auto done = group.Enable(); !done) return done;
  }
  return {};
}

Result<void> CounterSet::Disable() {
  Result<void> first;
  for (CounterGroup& group : groups_) {
    if (auto done = group.Disable(); !done && first) first = done;
  }
  return first;
}

Error CounterSet::Explain() const {
  for (const CounterGroup& group : groups_) {
    GroupReading reading;
    if (!group.ReadRaw(reading)) return group.Explain();
  }
  return Error{ErrorCode::kSystem, "a read of the counters failed and works again", ""};
}

Result<void> CounterSet::CheckIds(const SetReading& reading) const {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (auto same = groups_[i].CheckIds(reading[i]); !same) return same;
  }
  return {};
}

SetCounts CounterSet::Name(const std::array<GroupTotals, kMaxGroupsInSet>& totals) const {
  SetCounts counts;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    for (std::size_t i = 0; i < groups_[g].size(); ++i) {
      counts.events.push_back({groups_[g].events()[i].name, totals[g].counts[i],
                               totals[g].time_enabled, totals[g].time_running});
    }
  }
  return counts;
}

}  // namespace pmubench
