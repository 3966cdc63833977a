#include "planner/plan_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace pmubench {
namespace {

EventConstraint ConstraintOf(const PlanProblem& problem, const std::string& event) {
  const auto it = problem.constraints.find(event);
  return it == problem.constraints.end() ? EventConstraint{} : it->second;
}

// Depth first over the events; taken: counters of the PMU, taken_own: dedicated counters.
bool Place(const PlanProblem& problem, const std::vector<std::string>& events, std::size_t next,
           int general, std::set<int>* taken, std::set<std::string>* taken_own) {
  if (next == events.size()) {
    // "Alone": nothing else may be on a general counter.
    int alone = 0;
    int slots = 0;
    for (const std::string& event : events) {
      const EventConstraint constraint = ConstraintOf(problem, event);
      if (!constraint.alone || problem.dedicated.count(event) > 0) continue;
      ++alone;
      slots += constraint.slots;
    }
    return alone == 0 || (alone == 1 && static_cast<int>(taken->size()) == slots);
  }
  const std::string& event = events[next];
  const EventConstraint constraint = ConstraintOf(problem, event);
  const auto own = problem.dedicated.find(event);
  if (own != problem.dedicated.end() && taken_own->insert(own->second).second) {
    if (Place(problem, events, next + 1, general, taken, taken_own)) return true;
    taken_own->erase(own->second);
  }
  if (own != problem.dedicated.end() && constraint.dedicated_only) return false;
  const bool pair = constraint.slots == 2 && own == problem.dedicated.end();
  for (int c = 0; c < general; c += pair ? 2 : 1) {
    const auto& allowed = constraint.counters;
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), c) == allowed.end()) continue;
    if (taken->count(c) > 0) continue;
    if (pair && (c + 1 >= general || taken->count(c + 1) > 0)) continue;
    taken->insert(c);
    if (pair) taken->insert(c + 1);
    if (Place(problem, events, next + 1, general, taken, taken_own)) return true;
    taken->erase(c);
    if (pair) taken->erase(c + 1);
  }
  return false;
}

// Interchangeable events need no search: they only have to be few enough.
bool Plain(const PlanProblem& problem, const std::string& event) {
  const EventConstraint constraint = ConstraintOf(problem, event);
  return problem.dedicated.count(event) == 0 && constraint.counters.empty() &&
         constraint.slots == 1 && !constraint.alone && constraint.filter_register.empty();
}

}  // namespace

bool CanBeCounted(const PlanProblem& problem, const std::vector<std::string>& events) {
  std::set<std::string> pmus{""};
  for (const std::string& event : events) pmus.insert(ConstraintOf(problem, event).pmu);
  for (const std::string& pmu : pmus) {
    std::vector<std::string> mine;
    std::vector<std::string> special;
    for (const std::string& event : events) {
      const bool dedicated = problem.dedicated.count(event) > 0;
      if ((dedicated ? "" : ConstraintOf(problem, event).pmu) == pmu) mine.push_back(event);
    }
    int general = problem.general_counters;
    if (!pmu.empty()) {
      const auto limit = problem.pmu_counters.find(pmu);
      general = limit == problem.pmu_counters.end() ? 64 : limit->second;
    }
    for (const std::string& a : mine) {
      const EventConstraint ca = ConstraintOf(problem, a);
      for (const std::string& b : mine) {
        const EventConstraint cb = ConstraintOf(problem, b);
        if (!ca.filter_register.empty() && ca.filter_register == cb.filter_register &&
            ca.filter_value != cb.filter_value) {
          return false;
        }
      }
    }
    int plain = 0;
    bool alone = false;
    for (const std::string& event : mine) {
      alone |= ConstraintOf(problem, event).alone;
      plain += Plain(problem, event) ? 1 : 0;
      if (!Plain(problem, event)) special.push_back(event);
    }
    if (!alone) {
      // Place what is special first, then count what is left.
      std::vector<std::string> ordered = special;
      for (const std::string& event : mine) {
        if (Plain(problem, event)) ordered.push_back(event);
      }
      if (plain > general) return false;
      mine = ordered;
    }
    std::set<int> taken;
    std::set<std::string> own;
    if (!Place(problem, mine, 0, general, &taken, &own)) return false;
  }
  return true;
}

std::string CheckPlan(const PlanProblem& problem, const Plan& plan) {
  std::vector<std::set<std::string>> held;
  double slices = 0;
  for (const PlanGroup& group : plan.groups) {
    held.emplace_back(group.events.begin(), group.events.end());
    if (held.back().size() != group.events.size()) return "an event is listed twice in a group";
    if (!CanBeCounted(problem, group.events)) {
      return fmt::format("group does not fit: {}", fmt::join(group.events, ","));
    }
    slices += group.slice;
  }
  if (!held.empty() && std::abs(slices - 1) > 1e-9) return "slices do not add up to 1";
  std::set<std::string> unplannable;
  for (const UnplannableMetric& metric : plan.unplannable) {
    unplannable.insert(metric.name);
    if (metric.events.empty()) return metric.name + " is unplannable without events";
    if (metric.reason.empty()) return metric.name + " is unplannable without a reason";
  }
  std::size_t next = 0;
  double sum = 0;
  int counted = 0;
  for (const PlanMetric& metric : problem.metrics) {
    if (unplannable.count(metric.name) > 0) {
      if (CanBeCounted(problem, metric.events)) return metric.name + " could be counted";
      continue;
    }
    if (next >= plan.metrics.size() || plan.metrics[next].name != metric.name) {
      return metric.name + " is missing";
    }
    const PlannedMetric& planned = plan.metrics[next++];
    double ratio = 0;
    for (std::size_t g = 0; g < held.size(); ++g) {
      const bool whole = std::all_of(metric.events.begin(), metric.events.end(),
                                     [&](const std::string& e) { return held[g].count(e) > 0; });
      if (whole) ratio += plan.groups[g].slice;
    }
    if (metric.events.empty()) ratio = 1;
    if (ratio <= 0) return metric.name + " is in no group";
    if (std::abs(ratio - planned.ratio_union) > 1e-9) return metric.name + " has a wrong ratio";
    if (std::any_of(metric.events.begin(), metric.events.end(),
                    [&](const std::string& e) { return problem.dedicated.count(e) == 0; })) {
      ++counted;
      sum += ratio;
    }
  }
  if (next != plan.metrics.size()) return "more metrics than asked for";
  if (counted > 0 && std::abs(sum / counted - plan.mean.union_) > 1e-9) return "wrong mean";
  return "";
}

}  // namespace pmubench
