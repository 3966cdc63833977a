#include "planner/rotation.h"

#include <algorithm>
#include <map>
#include <set>

#include "planner/placement.h"

namespace pmubench {
namespace {

// One event as the hardware sees it; copies of an event are alike.
struct Need {
  std::string event;
  std::uint64_t mask = 0;  ///< general counters, and from bit `general` on its dedicated one
  bool pair = false;
  bool alone = false;
  std::string filter_register, filter_value;
};

// The counters of one PMU.
struct CounterFile {
  std::string pmu;
  int general = 0;  ///< -1: no limit
  std::map<std::string, int> dedicated;

  [[nodiscard]] bool Fits(const std::vector<Need>& needs) const {
    if (general < 0) return true;
    const std::uint64_t ordinary = (std::uint64_t{1} << general) - 1;
    std::vector<std::uint64_t> pairs;
    std::vector<std::uint64_t> singles;
    const bool alone = std::any_of(needs.begin(), needs.end(), [](auto& n) { return n.alone; });
    const auto lone = std::count_if(needs.begin(), needs.end(), [](auto& n) { return n.alone; });
    if (lone > 1) return false;
    for (const Need& need : needs) {
      for (const Need& other : needs) {
        if (!need.filter_register.empty() && need.filter_register == other.filter_register &&
            need.filter_value != other.filter_value) {
          return false;
        }
      }
      const std::uint64_t mask = alone && !need.alone ? need.mask & ~ordinary : need.mask;
      (need.pair ? pairs : singles).push_back(mask);
    }
    return planner::CanPlace(pairs, singles);
  }
};

class Kernel {
 public:
  Kernel(const PlanProblem& problem, const std::vector<KernelGroup>& groups)
      : problem_(problem), groups_(groups) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      for (const std::string& event : groups[g].events) {
        const std::string pmu = PmuOf(event);
        File(pmu);
        parts_[pmu][static_cast<int>(g)].push_back(NeedOf(event));
      }
    }
    for (auto& [pmu, parts] : parts_) {
      for (auto it = parts.begin(); it != parts.end();) {
        // validate_group(): what can never fit is refused with EINVAL and never enters the list.
        it = files_.at(pmu).Fits(it->second) ? std::next(it) : parts.erase(it);
      }
      std::vector<Need> pinned;
      for (const auto& [g, needs] : parts) {
        if (!groups[static_cast<std::size_t>(g)].pinned) {
          order_[pmu].push_back(g);
          continue;
        }
        std::vector<Need> with = pinned;
        with.insert(with.end(), needs.begin(), needs.end());
        if (!files_.at(pmu).Fits(with)) continue;  // goes to error state, and stays there
        pinned = std::move(with);
        always_on_[pmu].push_back(g);
      }
      pinned_[pmu] = std::move(pinned);
    }
  }

  // Runs one tick; returns by group how many of its events are on.
  std::vector<std::size_t> Tick() {
    std::vector<std::size_t> on(groups_.size(), 0);
    for (auto& [pmu, parts] : parts_) {
      for (const int g : always_on_[pmu]) on[g] += parts.at(g).size();
      std::vector<Need> needs = pinned_[pmu];
      std::vector<int>& order = order_[pmu];
      int first_active = -1;
      bool all = true;
      for (const int g : order) {
        const std::vector<Need>& more = parts.at(g);
        std::vector<Need> with = needs;
        with.insert(with.end(), more.begin(), more.end());
        if (!files_.at(pmu).Fits(with)) {
          all = false;  // can_add_hw = 0: nothing behind it is tried
          break;
        }
        needs = std::move(with);
        on[g] += more.size();
        if (first_active < 0) first_active = g;
      }
      if (all) continue;
      const int moved = first_active < 0 ? order.front() : first_active;
      order.erase(std::find(order.begin(), order.end(), moved));
      order.push_back(moved);
    }
    return on;
  }

  [[nodiscard]] const std::map<std::string, std::vector<int>>& state() const { return order_; }

 private:
  [[nodiscard]] const EventConstraint& ConstraintOf(const std::string& event) const {
    static const EventConstraint none;
    const auto it = problem_.constraints.find(event);
    return it == problem_.constraints.end() ? none : it->second;
  }

  [[nodiscard]] std::string PmuOf(const std::string& event) const {
    return problem_.dedicated.count(event) > 0 ? "" : ConstraintOf(event).pmu;
  }

  void File(const std::string& pmu) {
    if (files_.count(pmu) > 0) return;
    CounterFile& file = files_[pmu];
    file.pmu = pmu;
    if (pmu.empty()) {
      file.general = std::clamp(problem_.general_counters, 0, planner::kMaxCounters / 2);
      for (const auto& [event, counter] : problem_.dedicated) {
        file.dedicated.emplace(counter, file.general + static_cast<int>(file.dedicated.size()));
      }
    } else {
      const auto limit = problem_.pmu_counters.find(pmu);
      file.general = limit == problem_.pmu_counters.end()
                         ? -1
                         : std::clamp(limit->second, 0, planner::kMaxCounters / 2);
    }
  }

  [[nodiscard]] Need NeedOf(const std::string& event) const {
    const EventConstraint& constraint = ConstraintOf(event);
    const CounterFile& file = files_.at(PmuOf(event));
    const auto own = problem_.dedicated.find(event);
    const bool dedicated = own != problem_.dedicated.end();
    Need need;
    need.event = event;
    need.pair = constraint.slots >= 2 && !dedicated;
    need.alone = constraint.alone && !dedicated;
    need.filter_register = constraint.filter_register;
    need.filter_value = constraint.filter_value;
    for (int c = 0; c < file.general; c += need.pair ? 2 : 1) {
      const std::vector<int>& allowed = constraint.counters;
      const bool ok =
          allowed.empty() || std::find(allowed.begin(), allowed.end(), c) != allowed.end();
      if (ok && (!need.pair || c + 1 < file.general)) need.mask |= std::uint64_t{1} << c;
    }
    if (dedicated) {
      if (constraint.dedicated_only) need.mask = 0;
      const int counter = file.dedicated.at(own->second);
      if (counter < planner::kMaxCounters) need.mask |= std::uint64_t{1} << counter;
    }
    return need;
  }

  const PlanProblem& problem_;
  const std::vector<KernelGroup>& groups_;
  std::map<std::string, CounterFile> files_;                       ///< by PMU
  std::map<std::string, std::map<int, std::vector<Need>>> parts_;  ///< by PMU, group
  std::map<std::string, std::vector<int>> order_, always_on_;
  std::map<std::string, std::vector<Need>> pinned_;
};

// Several PMUs with long lists need not come round together soon; a share is then exact to this.
constexpr std::size_t kMaxTicks = 5000;

}  // namespace

RotationForecast ForecastRotation(const PlanProblem& problem,
                                  const std::vector<KernelGroup>& groups) {
  Kernel kernel(problem, groups);
  std::map<std::map<std::string, std::vector<int>>, std::size_t> seen;
  RotationForecast forecast;
  std::size_t start = 0;
  while (forecast.on.size() < kMaxTicks) {
    const auto [it, fresh] = seen.emplace(kernel.state(), forecast.on.size());
    if (!fresh) {
      start = it->second;
      break;
    }
    const std::vector<std::size_t> events_on = kernel.Tick();
    std::vector<bool>& on = forecast.on.emplace_back();
    int in_use = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      in_use += static_cast<int>(events_on[g]);
      on.push_back(events_on[g] == groups[g].events.size() && !groups[g].events.empty());
    }
    forecast.in_use.push_back(in_use);
  }
  // A run-in before the period, if there is one, is no part of the averages.
  forecast.on.erase(forecast.on.begin(), forecast.on.begin() + static_cast<std::ptrdiff_t>(start));
  forecast.in_use.erase(forecast.in_use.begin(),
                        forecast.in_use.begin() + static_cast<std::ptrdiff_t>(start));
  const auto ticks = static_cast<double>(forecast.on.size());
  forecast.group_ratio.assign(groups.size(), 0);
  for (std::size_t t = 0; t < forecast.on.size(); ++t) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      forecast.group_ratio[g] += forecast.on[t][g] ? 1 : 0;
    }
    forecast.mean_in_use += forecast.in_use[t];
  }
  for (double& ratio : forecast.group_ratio) ratio /= ticks;
  forecast.mean_in_use /= ticks;
  return forecast;
}

std::vector<MetricForecast> ForecastMetrics(const PlanProblem& problem,
                                            const std::vector<KernelGroup>& groups,
                                            const RotationForecast& forecast) {
  std::vector<MetricForecast> metrics;
  const auto ticks = static_cast<double>(std::max<std::size_t>(1, forecast.on.size()));
  for (const PlanMetric& metric : problem.metrics) {
    MetricForecast& result = metrics.emplace_back();
    result.name = metric.name;
    const std::set<std::string> events(metric.events.begin(), metric.events.end());
    result.counted = std::any_of(events.begin(), events.end(), [&](const std::string& e) {
      return problem.dedicated.count(e) == 0;
    });
    std::vector<std::vector<std::size_t>> holders;  // by event
    std::vector<std::size_t> whole(groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) whole[g] = g;
    for (const std::string& event : events) {
      std::vector<std::size_t>& of_event = holders.emplace_back();
      for (std::size_t g = 0; g < groups.size(); ++g) {
        const auto& list = groups[g].events;
        if (std::find(list.begin(), list.end(), event) != list.end()) of_event.push_back(g);
      }
      std::vector<std::size_t> both;
      std::set_intersection(whole.begin(), whole.end(), of_event.begin(), of_event.end(),
                            std::back_inserter(both));
      whole = std::move(both);
    }
    std::vector<double> event_on(holders.size(), 0);
    for (const std::vector<bool>& on : forecast.on) {
      const auto any = [&](const std::vector<std::size_t>& list) {
        return std::any_of(list.begin(), list.end(), [&](std::size_t g) { return on[g]; });
      };
      bool together = true;
      for (std::size_t e = 0; e < holders.size(); ++e) {
        const bool event = any(holders[e]);
        event_on[e] += event ? 1 / ticks : 0;
        together = together && event;
      }
      result.together += together ? 1 / ticks : 0;
      result.union_ += any(whole) ? 1 / ticks : 0;
    }
    for (const std::size_t g : whole) {
      result.single = std::max(result.single, forecast.group_ratio[g]);
    }
    result.lowest_event = events.empty() ? 1 : *std::min_element(event_on.begin(), event_on.end());
  }
  return metrics;
}

MeanRatio MeanOf(const std::vector<MetricForecast>& metrics) {
  MeanRatio mean{0, 0, 1, 1};
  int counted = 0;
  for (const MetricForecast& metric : metrics) {
    if (!metric.counted) continue;
    ++counted;
    mean.single += metric.single;
    mean.union_ += metric.union_;
    mean.lowest_single = std::min(mean.lowest_single, metric.single);
    mean.lowest_union = std::min(mean.lowest_union, metric.union_);
  }
  mean.single = counted == 0 ? 1 : mean.single / counted;
  mean.union_ = counted == 0 ? 1 : mean.union_ / counted;
  return mean;
}

std::vector<KernelGroup> KernelGroups(const PlanProblem& problem,
                                      const std::vector<PlanGroup>& groups, bool pin_dedicated) {
  std::vector<KernelGroup> kernel;
  std::set<std::string> pinned;
  for (const PlanGroup& group : groups) {
    KernelGroup& flexible = kernel.emplace_back();
    for (const std::string& event : group.events) {
      if (pin_dedicated && problem.dedicated.count(event) > 0) {
        pinned.insert(event);
      } else {
        flexible.events.push_back(event);
      }
    }
    if (flexible.events.empty()) kernel.pop_back();
  }
  for (const std::string& event : pinned) kernel.push_back({{event}, true});
  return kernel;
}

}  // namespace pmubench
