// A set of counters and what it counted between its starts and stops.
#pragma once

#include <array>
#include <utility>

#include "counters/counter_set.h"

namespace pmubench::gbench {

struct BracketedSet {
  explicit BracketedSet(CounterSet opened) : set(std::move(opened)) {}

  void Clear() {
    totals = {};
    failed = false;
  }

  // Inside the timed region: reads, nothing else.
  void Start() { failed |= !set.ReadBegin(begin); }
  void Stop() {
    failed |= !set.ReadEnd(end);
    for (std::size_t i = 0; i < set.groups().size(); ++i) totals[i].AddInterval(begin[i], end[i]);
  }

  CounterSet set;
  SetReading begin{};
  SetReading end{};
  std::array<GroupTotals, kMaxGroupsInSet> totals{};
  bool failed = false;  ///< a read gave nothing
};

}  // namespace pmubench::gbench
