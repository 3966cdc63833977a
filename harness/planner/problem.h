// What the planner is asked: counters, events with their constraints, metrics with their events.
// Plain data: it can describe a machine that is not there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalogue/event_constraint.h"

namespace pmubench {

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
