#include "planner/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "planner/placement.h"

namespace pmubench::planner {
namespace {

// Unions of allowed-counter sets kept as linear checks; beyond it every group is matched instead.
constexpr std::size_t kMaxChecks = 128;

std::uint64_t Low(int count) {
  return count >= kMaxCounters ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

const EventConstraint& ConstraintOf(const PlanProblem& problem, const std::string& event) {
  static const EventConstraint none;
  const auto it = problem.constraints.find(event);
  return it == problem.constraints.end() ? none : it->second;
}

std::vector<std::string> SharersOf(const PlanProblem& problem, const std::string& counter) {
  std::set<std::string> used;
  for (const PlanMetric& metric : problem.metrics) {
    used.insert(metric.events.begin(), metric.events.end());
  }
  std::vector<std::string> sharers;
  for (const auto& [event, own] : problem.dedicated) {
    if (own == counter && used.count(event) > 0) sharers.push_back(event);
  }
  return sharers;
}

}  // namespace

bool Rules::IsFree(const PlanProblem& problem, const std::string& event) {
  const auto dedicated = problem.dedicated.find(event);
  if (dedicated != problem.dedicated.end()) {
    return ConstraintOf(problem, event).filter_register.empty() &&
           SharersOf(problem, dedicated->second).size() <= 1;
  }
  const EventConstraint& constraint = ConstraintOf(problem, event);
  return !constraint.pmu.empty() && problem.pmu_counters.count(constraint.pmu) == 0 &&
         !constraint.alone && constraint.filter_register.empty() && constraint.counters.empty();
}

Rules::Rules(const PlanProblem& problem, std::vector<std::string> events)
    : names_(std::move(events)) {
  std::map<std::string, int> pmu_index{{"", 0}};
  pmu_names_.emplace_back();
  general_.push_back(std::clamp(problem.general_counters, 0, kMaxCounters));
  std::map<std::string, int> shared;  // a dedicated counter with several events -> its number

  for (const std::string& name : names_) {
    const EventConstraint& constraint = ConstraintOf(problem, name);
    const auto [it, added] = pmu_index.emplace(constraint.pmu, static_cast<int>(general_.size()));
    if (added) {
      const auto limit = problem.pmu_counters.find(constraint.pmu);
      pmu_names_.push_back(constraint.pmu);
      general_.push_back(
          limit == problem.pmu_counters.end() ? -1 : std::clamp(limit->second, 0, kMaxCounters));
    }
    const auto dedicated = problem.dedicated.find(name);
    if (dedicated != problem.dedicated.end()) {
      shared.emplace(dedicated->second, general_[0] + static_cast<int>(shared.size()));
    }
    pmu_.push_back(dedicated == problem.dedicated.end() ? it->second : 0);
  }
  capacity_ = general_;
  capacity_[0] = std::min(capacity_[0] + static_cast<int>(shared.size()), kMaxCounters);

  for (int e = 0; e < size(); ++e) {
    const EventConstraint& constraint = ConstraintOf(problem, names_[e]);
    const int general = general_[pmu_[e]];
    std::uint64_t mask = Low(general < 0 ? kMaxCounters : general);
    if (!constraint.counters.empty()) {
      std::uint64_t allowed = 0;
      for (const int counter : constraint.counters) {
        if (counter >= 0 && counter < kMaxCounters) allowed |= std::uint64_t{1} << counter;
      }
      mask &= allowed;
    }
    const bool pair = constraint.slots >= 2;
    if (pair) {
      // An even counter and the next one must both exist; naming the even one is enough.
      std::uint64_t lower = 0;
      for (int c = 0; c + 1 < (general < 0 ? kMaxCounters : general); c += 2) {
        if ((mask >> c & 1) != 0) lower |= std::uint64_t{1} << c;
      }
      mask = lower;
    }
    const auto dedicated = problem.dedicated.find(names_[e]);
    if (dedicated != problem.dedicated.end()) {
      if (constraint.dedicated_only) mask = 0;
      const int own = shared.at(dedicated->second);
      if (own < kMaxCounters) mask |= std::uint64_t{1} << own;
    }
    slots_.push_back(pair && dedicated == problem.dedicated.end() ? 2 : 1);
    alone_.push_back(constraint.alone && dedicated == problem.dedicated.end());
    mask_.push_back(mask);
  }
  AddConflicts(problem);
  loads_.resize(names_.size());
  matched_.assign(general_.size(), false);
  for (int p = 0; p < pmu_count(); ++p) AddChecks(p);
  linear_ = std::none_of(matched_.begin(), matched_.end(), [](bool m) { return m; });
}

void Rules::AddConflicts(const PlanProblem& problem) {
  conflicts_.resize(names_.size());
  const auto conflict = [this](int a, int b) {
    conflicts_[a].Set(b);
    conflicts_[b].Set(a);
    has_conflicts_ = true;
  };
  for (int a = 0; a < size(); ++a) {
    const EventConstraint& ca = ConstraintOf(problem, names_[a]);
    for (int b = 0; b < size(); ++b) {
      if (a == b || pmu_[a] != pmu_[b]) continue;
      const EventConstraint& cb = ConstraintOf(problem, names_[b]);
      if (alone_[a] && problem.dedicated.count(names_[b]) == 0) conflict(a, b);
      if (!ca.filter_register.empty() && ca.filter_register == cb.filter_register &&
          ca.filter_value != cb.filter_value) {
        conflict(a, b);
      }
    }
  }
}

void Rules::AddChecks(int pmu) {
  if (capacity_[pmu] < 0) return;
  const std::uint64_t full = Low(capacity_[pmu]);
  // A pair may sit on its lower counter and the next one.
  const auto reach = [this](int e) { return slots_[e] == 2 ? mask_[e] | mask_[e] << 1 : mask_[e]; };
  const std::uint64_t all_pairs = [&] {
    std::uint64_t lower = 0;
    for (int c = 0; c + 1 < general_[pmu]; c += 2) lower |= std::uint64_t{1} << c;
    return lower;
  }();

  std::set<std::uint64_t> unions;
  bool pairs = false;
  bool restricted = false;
  bool alone_beside_shared = false;
  for (int e = 0; e < size(); ++e) {
    if (pmu_[e] != pmu) continue;
    if (slots_[e] == 2) {
      pairs = true;
      restricted |= mask_[e] != all_pairs;
    } else if (mask_[e] != full) {
      restricted = true;
      unions.insert(mask_[e]);
    }
    alone_beside_shared |= alone_[e] && capacity_[pmu] != general_[pmu];
  }
  const std::set<std::uint64_t> single(unions);
  bool closed = true;
  for (auto it = unions.begin(); it != unions.end() && closed;) {
    std::vector<std::uint64_t> fresh;
    for (const std::uint64_t mask : single) {
      if (unions.count(*it | mask) == 0) fresh.push_back(*it | mask);
    }
    unions.insert(fresh.begin(), fresh.end());
    closed = unions.size() <= kMaxChecks;
    it = fresh.empty() ? std::next(it) : unions.begin();
  }
  if (!closed) unions = single;
  unions.insert(full);
  for (const std::uint64_t mask : unions) {
    const int check = static_cast<int>(checks_.size());
    checks_.push_back({pmu, std::popcount(mask)});
    for (int e = 0; e < size(); ++e) {
      if (pmu_[e] == pmu && (reach(e) & ~mask) == 0) loads_[e].push_back({check, slots_[e]});
    }
  }
  if (pairs) {  // an odd counter at the end, or a shared dedicated one, takes no pair
    const int check = static_cast<int>(checks_.size());
    checks_.push_back({pmu, std::popcount(all_pairs)});
    for (int e = 0; e < size(); ++e) {
      if (pmu_[e] == pmu && slots_[e] == 2) loads_[e].push_back({check, 1});
    }
  }
  matched_[pmu] = !closed || (pairs && restricted) || alone_beside_shared;
}

bool Rules::Place(const Bits& events, int pmu) const {
  std::vector<std::uint64_t> pairs;
  std::vector<std::uint64_t> singles;
  bool alone = false;
  events.ForEach([&](int e) {
    if (pmu_[e] == pmu) alone |= alone_[e];
  });
  events.ForEach([&](int e) {
    if (pmu_[e] != pmu) return;
    // Beside an event that must be alone, the others have only dedicated counters left.
    const std::uint64_t mask = alone && !alone_[e] ? mask_[e] & ~Low(general_[pmu]) : mask_[e];
    (slots_[e] == 2 ? pairs : singles).push_back(mask);
  });
  return CanPlace(pairs, singles);
}

int Rules::Excess(const Bits& events, int* worst) const {
  std::vector<int> used(checks_.size(), 0);
  events.ForEach([&](int e) {
    for (const Load& load : loads_[e]) used[load.check] += load.weight;
  });
  int most = 0;
  for (std::size_t c = 0; c < checks_.size(); ++c) {
    if (used[c] - checks_[c].capacity > most) {
      most = used[c] - checks_[c].capacity;
      *worst = static_cast<int>(c);
    }
  }
  return most;
}

bool Rules::Fits(const Bits& events) const {
  if (checks_.size() == 1 && !has_conflicts_ && linear_) {
    int used = 0;
    events.ForEach([&](int e) { used += loads_[e].empty() ? 0 : loads_[e][0].weight; });
    return used <= checks_[0].capacity;
  }
  bool fits = true;
  if (has_conflicts_) {
    events.ForEach([&](int e) { fits = fits && !conflicts_[e].Intersects(events); });
    if (!fits) return false;
  }
  int worst = 0;
  if (Excess(events, &worst) > 0) return false;
  for (int p = 0; p < pmu_count(); ++p) {
    if (matched_[p] && !Place(events, p)) return false;
  }
  return true;
}

Rules::Shortage Rules::Explain(const Bits& events) const {
  Shortage shortage;
  const auto list = [this](const std::vector<int>& numbers) {
    std::string text;
    for (const int e : numbers) text += (text.empty() ? "" : ", ") + names_[e];
    return text;
  };
  int worst = -1;
  shortage.counters = Excess(events, &worst);
  if (shortage.counters > 0) {
    events.ForEach([&](int e) {
      const auto& loads = loads_[e];
      if (std::any_of(loads.begin(), loads.end(), [&](const Load& l) { return l.check == worst; }))
        shortage.events.push_back(e);
    });
    const Check& check = checks_[worst];
    const std::string where =
        check.pmu == 0 ? std::string("counters") : "counters of " + pmu_names_[check.pmu];
    shortage.reason = fmt::format(
        "{} must be counted together and need {} {}, but {} can take them", list(shortage.events),
        check.capacity + shortage.counters, where, check.capacity);
    return shortage;
  }
  Bits clashing;
  events.ForEach([&](int e) {
    if (conflicts_[e].Intersects(events)) clashing.Set(e);
  });
  if (!clashing.Empty()) {
    bool alone = false;
    clashing.ForEach([&](int e) {
      shortage.events.push_back(e);
      alone = alone || alone_[e];
    });
    shortage.reason = fmt::format(
        "{} cannot be counted at the same time: {}", list(shortage.events),
        alone ? "one of them must be alone" : "they need different values in one filter register");
    return shortage;
  }
  // What no single count shows: pairs and restricted events that leave no legal placement.
  events.ForEach([&](int e) { shortage.events.push_back(e); });
  shortage.reason =
      fmt::format("no placement of {} on the counters that they may use", list(shortage.events));
  return shortage;
}

}  // namespace pmubench::planner
