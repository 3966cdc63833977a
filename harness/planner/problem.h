// What the planner is asked: counters, events with their constraints, metrics with their events.
// Plain data: it can describe a machine that is not there.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace pmubench {

/// How one event may sit on the counters. The default is: any one general counter.
struct EventConstraint {
  std::vector<int> counters;    ///< allowed general counters, numbered from 0; empty: any
  int slots = 1;                ///< 2: an even counter and the next one
  bool alone = false;           ///< no other event of this PMU that is not dedicated beside it
  std::string filter_register;  ///< events that name the same register cannot share a group ...
  std::string filter_value;     ///< ... unless they want the same value in it
  std::string pmu;              ///< another PMU's event ("" is the core PMU): costs no core counter
  bool dedicated_only = false;  ///< of a dedicated event: a second one beside it finds no counter
};

/// One metric to be planned: the events that must be counted together.
struct PlanMetric {
  std::string name;
  std::vector<std::string> events;
  double weight = 1;  ///< relative share of turns; 1 is the usual
};

/// A planning problem.
struct PlanProblem {
  int general_counters = 0;                      ///< free general counters
  std::map<std::string, std::string> dedicated;  ///< event -> the counter that is its own
  std::map<std::string, EventConstraint> constraints;
  std::vector<PlanMetric> metrics;
  /// Groups of other PMUs hold at most this many events (by PMU name; absent: no limit).
  std::map<std::string, int> pmu_counters;
};

}  // namespace pmubench
