// A model of how the kernel shares the counters among perf event groups that do not all fit.
#pragma once

#include <string>
#include <vector>

#include "planner/plan.h"
#include "planner/problem.h"

namespace pmubench {

/// A perf event group as a tool opens it. Order in a list is the order of opening.
struct KernelGroup {
  std::vector<std::string> events;
  bool pinned = false;
};

/// What the kernel makes of a list of groups, from the first tick until the order repeats.
///
/// The model (kernel/events/core.c, the same from 5.x on): at every tick pinned groups go on
/// first, then flexible groups in the order of a list, all events of a group or none; after the
/// first group that does not fit, no other group of that PMU is tried. Then the first flexible
/// group that runs (the first of the list if none does) moves to the list's tail. Each PMU has a
/// list of its own. A group that cannot fit even alone is refused when it is opened. A pinned
/// group that does not fit is in error from then on.
struct RotationForecast {
  std::vector<std::vector<bool>> on;  ///< by tick, by group; a group of several PMUs: all of it
  std::vector<int> in_use;            ///< by tick: events on counters, dedicated ones included
  std::vector<double> group_ratio;    ///< share of ticks in which the group is on
  double mean_in_use = 0;
};

/// Exact: averages are over one whole period. Every copy of an event in another group takes a
/// counter again, of a dedicated event a general one.
[[nodiscard]] RotationForecast ForecastRotation(const PlanProblem& problem,
                                                const std::vector<KernelGroup>& groups);

/// What one metric gets of a rotation. In all of them 1 is the whole time.
struct MetricForecast {
  std::string name;
  double single = 0;        ///< the best group that holds all its events
  double union_ = 0;        ///< ticks in which some group that holds all its events is on
  double together = 0;      ///< ticks in which all its events are on, in whatever groups
  double lowest_event = 0;  ///< the share that perf stat shows for its least measured event
  bool counted = true;      ///< has an event that is not dedicated: it is part of means
};

[[nodiscard]] std::vector<MetricForecast> ForecastMetrics(const PlanProblem& problem,
                                                          const std::vector<KernelGroup>& groups,
                                                          const RotationForecast& forecast);

/// Means and minima of the single and union ratios over counted metrics.
[[nodiscard]] MeanRatio MeanOf(const std::vector<MetricForecast>& metrics);

/// Groups for the kernel to rotate, in the plan's order. `pin_dedicated`: the dedicated events
/// are taken out of them and pinned, which keeps them out of the rotation.
[[nodiscard]] std::vector<KernelGroup> KernelGroups(const PlanProblem& problem,
                                                    const std::vector<PlanGroup>& groups,
                                                    bool pin_dedicated);

}  // namespace pmubench
