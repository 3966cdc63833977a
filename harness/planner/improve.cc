#include "planner/improve.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planner/pricing.h"
#include "planner/random.h"
#include "planner/simplex.h"

namespace pmubench::planner {
namespace {

constexpr double kEpsilon = 1e-7;

// Groups that always fit; a move forces one item into one group and evicts what no longer fits.
class Climber {
 public:
  Climber(const Rules& rules, const std::vector<ValuedItem>& items, std::uint64_t seed,
          double missing_price)
      : rules_(rules),
        items_(items),
        items_of_(static_cast<std::size_t>(rules.size())),
        random_(seed),
        missing_price_(missing_price) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      items[i].events.ForEach([&](int e) { items_of_[e].Set(static_cast<int>(i)); });
    }
  }

  void Start(std::vector<Bits> groups) {
    groups_ = std::move(groups);
    held_.assign(items_.size(), 0);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      for (const Bits& group : groups_) held_[i] += items_[i].events.SubsetOf(group) ? 1 : 0;
    }
  }

  /// Anneals for a number of moves; keeps the best cover in `best`. Stops at `enough`.
  void Run(std::int64_t moves, double hot, double cold, double enough, Improved* best) {
    double value = Value();
    for (std::int64_t move = 0; move < moves; ++move) {
      const double progress = static_cast<double>(move) / static_cast<double>(moves);
      if ((move & 63) == 0) temperature_ = hot * std::pow(cold / hot, progress);
      value += Move();
      if (value > best->value + kEpsilon && missing_ == 0) {
        value = Value();  // sums of differences drift
        if (value <= best->value + kEpsilon) continue;
        best->value = value;
        best->groups = groups_;
        if (value >= enough - kEpsilon) return;
      }
    }
  }

 private:
  double Value() {
    double value = 0;
    missing_ = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      value += items_[i].weight * held_[i];
      if (items_[i].required && held_[i] == 0) ++missing_;
    }
    return value;
  }

  double Move() {
    const int g = random_.Below(static_cast<int>(groups_.size()));
    const Bits& item = items_[random_.Below(static_cast<int>(items_.size()))].events;
    const Bits old = groups_[g];
    if (item.SubsetOf(old)) return 0;
    Bits fresh = old | item;
    while (!rules_.Fits(fresh)) {
      const Bits rest = fresh - item;
      int skip = random_.Below(rest.Count());
      int victim = -1;
      rest.ForEach([&](int e) {
        if (skip-- == 0) victim = e;
      });
      fresh.Clear(victim);
    }
    double change = 0;
    int missing = 0;
    changed_.clear();
    Bits touched;  // only items with an event that comes or goes can change
    ((old - fresh) | (fresh - old)).ForEach([&](int e) { touched = touched | items_of_[e]; });
    touched.ForEach([&](int i) {
      const bool before = items_[i].events.SubsetOf(old);
      const bool after = items_[i].events.SubsetOf(fresh);
      if (before == after) return;
      const int step = after ? 1 : -1;
      changed_.emplace_back(i, step);
      change += step * items_[i].weight;
      if (items_[i].required && held_[i] + (after ? 0 : -1) == 0) missing -= step;
    });
    const double energy = change - missing_price_ * missing;
    if (energy < 0 && random_.Unit() >= std::exp(energy / temperature_)) return 0;
    for (const auto& [i, step] : changed_) held_[i] += step;
    groups_[g] = fresh;
    missing_ += missing;
    return change;
  }

  const Rules& rules_;
  const std::vector<ValuedItem>& items_;
  std::vector<Bits> items_of_;  ///< by event
  Random random_;
  double missing_price_;  ///< what leaving an item uncovered costs on the way
  std::vector<Bits> groups_;
  std::vector<int> held_;  ///< by item: groups that hold it
  std::vector<std::pair<int, int>> changed_;
  int missing_ = 0;
  double temperature_ = 1;
};

// Linear program over all groups: maximise value, cover every required item, use at most
// `count` groups. Its dual, with exact pricing, is an upper bound on any plan's value.
class ValueBound {
 public:
  ValueBound(const Rules& rules, const std::vector<ValuedItem>& items, int count)
      : rules_(rules), items_(items), count_(count), simplex_(Rhs(), Costs()) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!items[i].required) continue;
      simplex_.AddColumn({{row_[i], -1.0}}, 0);
    }
  }

  double Run(const std::vector<Bits>& start, std::int64_t* effort) {
    for (const Bits& group : start) Add(group);
    double bound = 1e30;
    std::vector<PricedItem> priced(items_.size());
    while (simplex_.Solve()) {
      const std::vector<double> duals = simplex_.Duals();
      double cover = 0;
      for (std::size_t i = 0; i < items_.size(); ++i) {
        priced[i].events = items_[i].events;
        double profit = items_[i].weight;
        if (items_[i].required) {
          const double dual = std::max(0.0, std::floor(duals[row_[i]] * kScale) / kScale);
          profit += dual;
          cover += dual;
        }
        priced[i].profit = static_cast<std::int64_t>(std::ceil(profit * kScale));
      }
      const double group_price = -duals[0];
      const auto floor_value = static_cast<std::int64_t>(group_price * kScale) + 64;
      const BestGroup best = FindBestGroup(rules_, priced, {}, floor_value, effort);
      bound = std::min(bound, count_ * (static_cast<double>(best.bound) / kScale) - cover);
      if (best.found.empty() || *effort <= 0) break;
      const std::size_t first = best.found.size() > 6 ? best.found.size() - 6 : 0;
      for (std::size_t f = first; f < best.found.size(); ++f) Add(best.found[f]);
    }
    return bound;
  }

  /// As many groups as wanted, drawn by their shares in the program's optimum: near a good cover,
  /// though not always one.
  std::vector<Bits> Draw(Random* random) const {
    const std::vector<double> primal = simplex_.Primal();
    std::vector<double> shares;
    for (const int n : number_) shares.push_back(primal[n]);
    std::vector<Bits> drawn;
    while (static_cast<int>(drawn.size()) < count_) {
      double rest = random->Unit() * std::accumulate(shares.begin(), shares.end(), 0.0);
      std::size_t pick = 0;
      while (pick + 1 < shares.size() && (rest -= shares[pick]) >= 0) ++pick;
      shares[pick] = std::max(0.0, shares[pick] - 1);
      drawn.push_back(groups_[pick]);
    }
    return drawn;
  }

 private:
  static constexpr double kScale = 1 << 20;

  std::vector<double> Rhs() {
    std::vector<double> rhs{static_cast<double>(count_)};
    row_.assign(items_.size(), -1);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!items_[i].required) continue;
      row_[i] = static_cast<int>(rhs.size());
      rhs.push_back(1);
    }
    return rhs;
  }
  std::vector<double> Costs() const {
    double most = 1;
    for (const ValuedItem& item : items_) most += item.weight;
    std::vector<double> costs(1, 0.0);
    for (const ValuedItem& item : items_) {
      if (item.required) costs.push_back(most * count_);
    }
    return costs;
  }
  void Add(const Bits& group) {
    Simplex::Column column{{0, 1.0}};
    double value = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!items_[i].events.SubsetOf(group)) continue;
      value += items_[i].weight;
      if (items_[i].required) column.emplace_back(row_[i], 1.0);
    }
    number_.push_back(simplex_.AddColumn(std::move(column), -value));
    groups_.push_back(group);
  }

  const Rules& rules_;
  const std::vector<ValuedItem>& items_;
  int count_;
  std::vector<int> row_;
  std::vector<Bits> groups_;  ///< the columns, and their numbers in the simplex
  std::vector<int> number_;
  Simplex simplex_;
};

}  // namespace

Improved ImproveCover(const Rules& rules, const std::vector<ValuedItem>& items,
                      std::vector<Bits> start, std::int64_t effort) {
  Improved best;
  best.groups = start;
  double mean_weight = 0;
  bool whole = true;
  for (const ValuedItem& item : items) {
    mean_weight += item.weight / static_cast<double>(items.size());
    whole = whole && item.weight == std::floor(item.weight);
    for (const Bits& group : start) best.value += item.events.SubsetOf(group) ? item.weight : 0;
  }
  const int count = static_cast<int>(start.size());
  ValueBound bound(rules, items, count);
  best.upper_bound = bound.Run(start, &effort);
  if (whole) best.upper_bound = std::floor(best.upper_bound + 1e-3);
  // No one setting suits every problem: dear and cheap gaps, hot and cold starts take turns.
  constexpr double kMissing[] = {6, 3, 4.5};
  constexpr double kHot[] = {0.5, 1, 2, 0.5};
  constexpr std::int64_t kMoves = 60000;
  for (std::uint64_t round = 0; effort > 0 && best.value < best.upper_bound - kEpsilon; ++round) {
    Climber climber(rules, items, round + 1, kMissing[round % 3] * mean_weight);
    Random random(round + 1);
    climber.Start(round % 5 == 0 ? start : round % 5 < 3 ? bound.Draw(&random) : best.groups);
    climber.Run(kMoves, kHot[round % 4] * mean_weight, 0.1 * mean_weight, best.upper_bound, &best);
    effort -= kMoves / 2;
  }
  return best;
}

}  // namespace pmubench::planner
