#include "planner/anneal.h"

#include <algorithm>
#include <cmath>

#include "planner/random.h"

namespace pmubench::planner {
namespace {

// Temperatures in counters of overflow: hot enough that two counters too many are common at the
// start, cold enough that one is rare at the end. Found by trying on the cases.
constexpr double kHot = 0.9;
constexpr double kCold = 0.12;

// Items sit each in one group; the cost is by how much groups exceed the counters.
class Annealer {
 public:
  Annealer(const Rules& rules, const std::vector<Bits>& items, int groups, std::uint64_t seed)
      : rules_(rules),
        random_(seed),
        groups_(groups),
        at_(items.size()),
        count_(static_cast<std::size_t>(groups), std::vector<int>(rules.size(), 0)),
        used_(static_cast<std::size_t>(groups), std::vector<int>(rules.checks().size(), 0)),
        held_(static_cast<std::size_t>(groups)),
        clashes_(static_cast<std::size_t>(groups), 0) {
    for (const Bits& item : items) {
      std::vector<int> events;
      item.ForEach([&](int e) { events.push_back(e); });
      items_.push_back(std::move(events));
    }
  }

  std::optional<std::vector<Bits>> Run(std::int64_t moves) {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      at_[i] = random_.Below(groups_);
      Add(at_[i], items_[i]);
    }
    int cost = 0;
    for (int g = 0; g < groups_; ++g) cost += Cost(g);
    double temperature = kHot;
    for (std::int64_t move = 0; move < moves && cost > 0; ++move) {
      if ((move & 255) == 0) {
        temperature =
            kHot * std::pow(kCold / kHot, static_cast<double>(move) / static_cast<double>(moves));
      }
      cost += Move(temperature);
    }
    if (cost > 0) return std::nullopt;
    return held_;
  }

 private:
  int Move(double temperature) {
    const int item = random_.Below(static_cast<int>(items_.size()));
    const int to = random_.Below(groups_);
    const int from = at_[item];
    if (to == from) return 0;
    const int before = Cost(from) + Cost(to);
    Remove(from, items_[item]);
    Add(to, items_[item]);
    const int change = Cost(from) + Cost(to) - before;
    if (change <= 0 || random_.Unit() < std::exp(-change / temperature)) {
      at_[item] = to;
      return change;
    }
    Remove(to, items_[item]);
    Add(from, items_[item]);
    return 0;
  }

  void Add(int group, const std::vector<int>& events) {
    for (const int e : events) {
      if (count_[group][e]++ > 0) continue;
      if (rules_.has_conflicts()) clashes_[group] += (rules_.conflicts(e) & held_[group]).Count();
      held_[group].Set(e);
      for (const Rules::Load& load : rules_.loads(e)) used_[group][load.check] += load.weight;
    }
  }

  void Remove(int group, const std::vector<int>& events) {
    for (const int e : events) {
      if (--count_[group][e] > 0) continue;
      held_[group].Clear(e);
      if (rules_.has_conflicts()) clashes_[group] -= (rules_.conflicts(e) & held_[group]).Count();
      for (const Rules::Load& load : rules_.loads(e)) used_[group][load.check] -= load.weight;
    }
  }

  [[nodiscard]] int Cost(int group) const {
    int cost = clashes_[group];
    const std::vector<Rules::Check>& checks = rules_.checks();
    for (std::size_t c = 0; c < checks.size(); ++c) {
      cost += std::max(0, used_[group][c] - checks[c].capacity);
    }
    if (cost == 0 && !rules_.linear() && !rules_.Fits(held_[group])) cost = 1;
    return cost;
  }

  const Rules& rules_;
  Random random_;
  int groups_;
  std::vector<std::vector<int>> items_;
  std::vector<int> at_;
  std::vector<std::vector<int>> count_, used_;  ///< by group: of events, of checks
  std::vector<Bits> held_;
  std::vector<int> clashes_;
};

}  // namespace

std::optional<std::vector<Bits>> AnnealCover(const Rules& rules, const std::vector<Bits>& items,
                                             int groups, std::uint64_t seed, std::int64_t moves) {
  if (groups <= 0) return std::nullopt;
  return Annealer(rules, items, groups, seed).Run(moves);
}

}  // namespace pmubench::planner
