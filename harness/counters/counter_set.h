// One turn's events of all PMUs: a kernel group for each PMU, started and read together.
#pragma once

#include <array>
#include <vector>

#include "counters/counter_group.h"

namespace pmubench {

/// How many PMUs a set may span; a turn has software events and one core PMU, rarely more.
inline constexpr std::size_t kMaxGroupsInSet = 4;

/// One read of every group of a set.
using SetReading = std::array<GroupReading, kMaxGroupsInSet>;

/// Counts of a set, in the order of its `events()`, with the times of the group each stands in.
struct SetCounts {
  struct Event {
    std::string name;
    std::uint64_t count = 0;
    std::uint64_t time_enabled_ns = 0;
    std::uint64_t time_running_ns = 0;
  };
  std::vector<Event> events;
};

/// Groups for all events of one turn, one a PMU. The core PMU's group is read last at the start
/// of an interval and first at its end, so that its bracket is the tightest.
class CounterSet {
 public:
  static Result<CounterSet> Open(Kernel& kernel, const std::vector<EventEncoding>& events,
                                 const CounterTarget& target, const CounterOptions& options,
                                 const Permissions& permissions);

  Result<void> Enable();
  Result<void> Disable();

  /// Inside a timed region: one system call a group, nothing else.
  [[nodiscard]] bool ReadBegin(SetReading& reading) const {
    bool good = true;
    for (std::size_t i = groups_.size(); i-- > 0;) good &= groups_[i].ReadRaw(reading[i]);
    return good;
  }
  [[nodiscard]] bool ReadEnd(SetReading& reading) const {
    bool good = true;
    for (std::size_t i = 0; i < groups_.size(); ++i) good &= groups_[i].ReadRaw(reading[i]);
    return good;
  }

  /// Why the last read failed; kSystem where none did.
  [[nodiscard]] Error Explain() const;
  [[nodiscard]] Result<void> CheckIds(const SetReading& reading) const;

  /// Totals by event name.
  [[nodiscard]] SetCounts Name(const std::array<GroupTotals, kMaxGroupsInSet>& totals) const;

  [[nodiscard]] const std::vector<CounterGroup>& groups() const { return groups_; }

 private:
  std::vector<CounterGroup> groups_;  // hardware before software
};

}  // namespace pmubench
