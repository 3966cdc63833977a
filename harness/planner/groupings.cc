#include "planner/groupings.h"

#include <algorithm>
#include <map>
#include <set>

#include "planner/rules.h"

namespace pmubench {
namespace {

using EventSet = std::set<std::string>;

EventSet FreeEvents(const PlanProblem& problem) {
  EventSet used;
  for (const PlanMetric& metric : problem.metrics) {
    used.insert(metric.events.begin(), metric.events.end());
  }
  EventSet free;
  for (const std::string& event : used) {
    if (planner::Rules::IsFree(problem, event)) free.insert(event);
  }
  return free;
}

bool Fit(const PlanProblem& problem, const EventSet& events) {
  if (static_cast<int>(events.size()) > planner::Bits::kCapacity) return false;
  const planner::Rules rules(problem, {events.begin(), events.end()});
  planner::Bits all;
  for (int e = 0; e < rules.size(); ++e) all.Set(e);
  return rules.Fits(all);
}

EventSet Union(const EventSet& a, const EventSet& b) {
  EventSet joined = a;
  joined.insert(b.begin(), b.end());
  return joined;
}

bool Includes(const EventSet& whole, const EventSet& part) {
  return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

// Distinct sets of events that cost counters, none within another, in the metrics' order.
std::vector<EventSet> MaximalSets(const PlanProblem& problem, const EventSet& free) {
  std::vector<EventSet> distinct;
  for (const PlanMetric& metric : problem.metrics) {
    EventSet events;
    for (const std::string& event : metric.events) {
      if (free.count(event) == 0) events.insert(event);
    }
    if (events.empty() || !Fit(problem, events)) continue;
    if (std::find(distinct.begin(), distinct.end(), events) == distinct.end()) {
      distinct.push_back(std::move(events));
    }
  }
  std::vector<EventSet> maximal;
  for (const EventSet& set : distinct) {
    if (std::none_of(distinct.begin(), distinct.end(),
                     [&](const EventSet& other) { return other != set && Includes(other, set); })) {
      maximal.push_back(set);
    }
  }
  return maximal;
}

std::vector<PlanGroup> WithFree(const std::vector<EventSet>& sets, const EventSet& free) {
  std::vector<PlanGroup> groups;
  for (const EventSet& set : sets) {
    PlanGroup& group = groups.emplace_back();
    group.events.assign(free.begin(), free.end());
    group.events.insert(group.events.end(), set.begin(), set.end());
  }
  if (groups.empty() && !free.empty()) groups.push_back({{free.begin(), free.end()}});
  return groups;
}

}  // namespace

bool EventsFit(const PlanProblem& problem, const std::vector<std::string>& events) {
  // As one metric, so that events that share a dedicated counter are seen to.
  PlanProblem one = problem;
  one.metrics = {{"", events}};
  EventSet costly;
  for (const std::string& event : events) {
    if (!planner::Rules::IsFree(one, event)) costly.insert(event);
  }
  return Fit(one, costly);
}

std::vector<PlanGroup> GroupEachMetric(const PlanProblem& problem) {
  std::vector<PlanGroup> groups;
  for (const PlanMetric& metric : problem.metrics) {
    if (metric.events.empty() || !EventsFit(problem, metric.events)) continue;
    const EventSet events(metric.events.begin(), metric.events.end());
    groups.push_back({{events.begin(), events.end()}});
  }
  return groups;
}

std::vector<PlanGroup> GroupFirstFit(const PlanProblem& problem) {
  const EventSet free = FreeEvents(problem);
  std::vector<EventSet> sets = MaximalSets(problem, free);
  const auto slots = [&](const EventSet& set) {
    int sum = 0;
    for (const std::string& event : set) {
      const auto it = problem.constraints.find(event);
      sum += it == problem.constraints.end() ? 1 : it->second.slots;
    }
    return sum;
  };
  std::sort(sets.begin(), sets.end(), [&](const EventSet& a, const EventSet& b) {
    return slots(a) != slots(b) ? slots(a) > slots(b) : a < b;
  });
  std::vector<EventSet> groups;
  for (const EventSet& set : sets) {
    const auto home = std::find_if(groups.begin(), groups.end(), [&](const EventSet& group) {
      return Fit(problem, Union(group, set));
    });
    if (home == groups.end()) {
      groups.push_back(set);
    } else {
      home->insert(set.begin(), set.end());
    }
  }
  return WithFree(groups, free);
}

std::vector<PlanGroup> GroupGreedyMerge(const PlanProblem& problem) {
  const EventSet free = FreeEvents(problem);
  std::vector<EventSet> groups = MaximalSets(problem, free);
  while (groups.size() > 1) {
    const auto smallest =
        std::min_element(groups.begin(), groups.end(),
                         [](const EventSet& a, const EventSet& b) { return a.size() < b.size(); });
    const EventSet small = *smallest;
    const auto partner =
        std::min_element(groups.begin(), groups.end(), [&](const EventSet& a, const EventSet& b) {
          // Itself never: it would not grow at all.
          const auto size = [&](const EventSet& set) {
            return &set == &*smallest ? std::size_t(-1) : Union(set, small).size();
          };
          return size(a) < size(b);
        });
    EventSet merged = Union(*partner, small);
    if (!Fit(problem, merged)) break;
    *partner = std::move(merged);
    std::rotate(groups.begin(), partner, partner + 1);
    groups.erase(std::find(groups.begin() + 1, groups.end(), small));
  }
  return WithFree(groups, free);
}

std::vector<PlanGroup> GroupEachEvent(const PlanProblem& problem) {
  std::vector<PlanGroup> groups;
  EventSet seen;
  for (const PlanMetric& metric : problem.metrics) {
    for (const std::string& event : metric.events) {
      if (seen.insert(event).second) groups.push_back({{event}});
    }
  }
  return groups;
}

PlanProblem Plannable(const PlanProblem& problem, const Plan& plan) {
  PlanProblem plannable = problem;
  std::set<std::string> left_out;
  for (const UnplannableMetric& metric : plan.unplannable) left_out.insert(metric.name);
  std::erase_if(plannable.metrics,
                [&](const PlanMetric& metric) { return left_out.count(metric.name) > 0; });
  return plannable;
}

ComparedGrouping RateGrouping(const PlanProblem& problem, std::string name,
                              std::vector<PlanGroup> groups) {
  ComparedGrouping compared;
  compared.name = std::move(name);
  Plan plan;
  for (PlanGroup& group : groups) {
    if (EventsFit(problem, group.events)) {
      plan.groups.push_back(std::move(group));
    } else {
      ++compared.refused;
    }
  }
  for (PlanGroup& group : plan.groups) {
    group.turns = 1;
    group.slice = 1.0 / static_cast<double>(plan.groups.size());
  }
  RatePlan(problem, &plan);
  const std::vector<KernelGroup> kernel = KernelGroups(problem, plan.groups, false);
  compared.rotated = ForecastMetrics(problem, kernel, ForecastRotation(problem, kernel));
  compared.kernel = MeanOf(compared.rotated);
  int counted = 0;
  for (const MetricForecast& metric : compared.rotated) {
    if (!metric.counted) continue;
    ++counted;
    compared.kernel_together += metric.together;
  }
  compared.kernel_together = counted == 0 ? 1 : compared.kernel_together / counted;
  compared.groups = std::move(plan.groups);
  compared.metrics = std::move(plan.metrics);
  compared.turns = plan.mean;
  return compared;
}

std::vector<ComparedGrouping> CompareGroupings(const PlanProblem& problem, const Plan& plan) {
  const PlanProblem plannable = Plannable(problem, plan);
  std::vector<ComparedGrouping> compared;
  compared.push_back(RateGrouping(plannable, "one group a metric", GroupEachMetric(plannable)));
  compared.push_back(RateGrouping(plannable, "first-fit decreasing", GroupFirstFit(plannable)));
  compared.push_back(RateGrouping(plannable, "greedy merging", GroupGreedyMerge(plannable)));
  compared.push_back(RateGrouping(plannable, "every event alone", GroupEachEvent(plannable)));
  compared.push_back(RateGrouping(plannable, "pmubench", plan.groups));
  return compared;
}

}  // namespace pmubench
