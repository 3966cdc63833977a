#include "planner/model.h"

#include <algorithm>
#include <map>
#include <set>

namespace pmubench::planner {
namespace {

using EventNames = std::set<std::string>;

EventNames CostlyEvents(const PlanMetric& metric, const EventNames& free) {
  EventNames events;
  for (const std::string& event : metric.events) {
    if (free.count(event) == 0) events.insert(event);
  }
  return events;
}

Bits Numbers(const Rules& rules, const EventNames& events) {
  Bits bits;
  for (int e = 0; e < rules.size(); ++e) {
    if (events.count(rules.name(e)) > 0) bits.Set(e);
  }
  return bits;
}

// Empty if the metric fits a group by itself.
std::vector<UnplannableMetric> CheckMetric(const PlanProblem& problem, const PlanMetric& metric,
                                           const EventNames& events) {
  const auto too_many = static_cast<int>(events.size()) - Bits::kCapacity;
  UnplannableMetric unplannable;
  unplannable.name = metric.name;
  if (too_many > 0) {
    unplannable.events.assign(events.begin(), events.end());
    unplannable.counters_short = static_cast<int>(events.size()) - problem.general_counters;
    unplannable.reason = "too many events for any group";
    return {unplannable};
  }
  const Rules rules(problem, {events.begin(), events.end()});
  const Bits all = Numbers(rules, events);
  if (rules.Fits(all)) return {};
  const Rules::Shortage shortage = rules.Explain(all);
  for (const int e : shortage.events) unplannable.events.push_back(rules.name(e));
  unplannable.counters_short = shortage.counters;
  unplannable.reason = shortage.reason;
  return {unplannable};
}

struct DistinctSet {
  std::string metric;
  double weight = 0;
};

Batch MakeBatch(const PlanProblem& problem, const std::map<EventNames, DistinctSet>& sets) {
  EventNames events;
  for (const auto& [set, distinct] : sets) events.insert(set.begin(), set.end());
  Batch batch{Rules(problem, {events.begin(), events.end()}), {}, {}};
  for (const auto& [set, distinct] : sets) {
    batch.items.push_back({Numbers(batch.rules, set), distinct.weight, true});
    batch.item_metrics.push_back(distinct.metric);
  }
  for (ValuedItem& item : batch.items) {
    item.required =
        std::none_of(batch.items.begin(), batch.items.end(), [&](const ValuedItem& other) {
          return !(other.events == item.events) && item.events.SubsetOf(other.events);
        });
  }
  return batch;
}

}  // namespace

Model BuildModel(const PlanProblem& problem) {
  Model model;
  EventNames used;
  for (const PlanMetric& metric : problem.metrics) {
    used.insert(metric.events.begin(), metric.events.end());
  }
  for (const std::string& event : used) {
    if (Rules::IsFree(problem, event)) model.free.push_back(event);
  }
  const EventNames free(model.free.begin(), model.free.end());

  std::map<EventNames, DistinctSet> sets;
  for (std::size_t m = 0; m < problem.metrics.size(); ++m) {
    const PlanMetric& metric = problem.metrics[m];
    const EventNames events = CostlyEvents(metric, free);
    if (!events.empty()) {
      std::vector<UnplannableMetric> unplannable = CheckMetric(problem, metric, events);
      if (!unplannable.empty()) {
        model.unplannable.push_back(std::move(unplannable.front()));
        continue;
      }
      DistinctSet& distinct = sets[events];
      if (distinct.metric.empty()) distinct.metric = metric.name;
      distinct.weight += std::max(0.0, metric.weight);
    }
    model.planned.push_back(m);
  }

  std::map<EventNames, DistinctSet> part;
  EventNames part_events;
  for (const auto& [set, distinct] : sets) {
    EventNames joined = part_events;
    joined.insert(set.begin(), set.end());
    if (!part.empty() && (static_cast<int>(joined.size()) > Bits::kCapacity ||
                          static_cast<int>(part.size()) == Bits::kCapacity)) {
      model.batches.push_back(MakeBatch(problem, part));
      part.clear();
      joined = set;
    }
    part.emplace(set, distinct);
    part_events = std::move(joined);
  }
  if (!part.empty()) model.batches.push_back(MakeBatch(problem, part));

  int total = 0;
  EventNames seen;
  int capacity = 0;
  for (const Batch& batch : model.batches) {
    capacity = std::max(capacity, batch.rules.capacity(0));
    for (int e = 0; e < batch.rules.size(); ++e) {
      if (batch.rules.pmu(e) == 0 && seen.insert(batch.rules.name(e)).second) {
        total += batch.rules.slots(e);
      }
    }
  }
  model.counting_bound = capacity > 0 ? (total + capacity - 1) / capacity : 0;
  return model;
}

}  // namespace pmubench::planner
