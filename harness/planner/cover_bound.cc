#include "planner/cover_bound.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "planner/simplex.h"

namespace pmubench::planner {
namespace {

// One group's price in the integer certificate. 2^24 keeps sums of hundreds of prices exact and
// loses less than 1e-5 groups to rounding.
constexpr std::int64_t kScale = std::int64_t{1} << 24;
constexpr std::size_t kColumnsPerRound = 8;

// The most valuable of the items that `group` holds of which no two must be apart.
std::vector<int> Independent(std::vector<int> held, const ItemConflicts& apart,
                             const std::vector<std::int64_t>& prices) {
  const auto worth = [&](const std::vector<int>& items) {
    std::int64_t sum = 0;
    for (const int i : items) sum += prices[i];
    return sum;
  };
  for (const auto& [a, b] : apart) {
    if (std::find(held.begin(), held.end(), a) == held.end()) continue;
    if (std::find(held.begin(), held.end(), b) == held.end()) continue;
    std::vector<int> without_a = held;
    std::erase(without_a, a);
    std::erase(held, b);
    without_a = Independent(std::move(without_a), apart, prices);
    held = Independent(std::move(held), apart, prices);
    return worth(held) >= worth(without_a) ? held : without_a;
  }
  return held;
}

// One demand of the program: groups that hold a set of events (an item, or the event of a limit),
// or groups that do not hold an event.
struct Row {
  Bits events;
  int without = -1;  ///< the event, where the row demands its absence
  int demand = 1;
};

std::vector<Row> Rows(const std::vector<Bits>& items, const std::vector<EventLimit>& limits) {
  std::vector<Row> rows;
  for (const Bits& item : items) rows.push_back({item});
  for (const EventLimit& limit : limits) {
    Bits event;
    event.Set(limit.event);
    rows.push_back({event, -1, limit.at_least});
    rows.push_back({{}, limit.event, limit.absent()});
  }
  return rows;
}

class Generator {
 public:
  Generator(const Rules& rules, std::vector<Row> rows, const ItemConflicts& apart)
      : rules_(rules), rows_(std::move(rows)), apart_(apart), simplex_(Demands(), Ones()) {
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      bound_.columns.push_back(rows_[r].events);
      bound_.rows.push_back({static_cast<int>(r)});
      number_.push_back(static_cast<int>(r));
    }
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      simplex_.AddColumn({{static_cast<int>(r), -1.0}}, 0);
    }
  }

  CoverBound Run(const std::vector<Bits>& start, int enough, std::int64_t* effort) {
    const std::vector<std::int64_t> even(rows_.size(), 1);
    for (const Bits& group : start) Add(group, even);
    std::vector<PricedItem> priced(rows_.size());
    for (std::size_t r = 0; r < rows_.size(); ++r) priced[r].events = rows_[r].events;
    std::vector<std::int64_t> absent(static_cast<std::size_t>(rules_.size()));
    while (simplex_.Solve()) {
      const std::vector<double> duals = simplex_.Duals();
      std::vector<std::int64_t> prices(rows_.size());
      for (std::size_t r = 0; r < rows_.size(); ++r) {
        prices[r] =
            std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(duals[r] * kScale)));
        if (rows_[r].without < 0) {
          priced[r].profit = prices[r];
        } else {
          absent[static_cast<std::size_t>(rows_[r].without)] = prices[r];
        }
      }
      const BestGroup best = FindBestGroup(rules_, priced, apart_, kScale, effort, absent);
      Note(prices, best.bound);
      if (best.value <= kScale) {  // no group improves
        bound_.solved = best.bound <= kScale;
        break;
      }
      if (bound_.groups >= enough || *effort <= 0) break;
      bool added = false;
      const std::size_t first =
          best.found.size() > kColumnsPerRound ? best.found.size() - kColumnsPerRound : 0;
      for (std::size_t f = first; f < best.found.size(); ++f) {
        added |= Add(Complete(best.found[f], prices), prices);
      }
      if (!added) break;
    }
    const std::vector<double> primal = simplex_.Primal();
    for (const int n : number_) bound_.shares.push_back(primal[n]);
    return std::move(bound_);
  }

 private:
  [[nodiscard]] std::vector<double> Demands() const {
    std::vector<double> demands;
    for (const Row& row : rows_) demands.push_back(row.demand);
    return demands;
  }
  [[nodiscard]] std::vector<double> Ones() const { return std::vector<double>(rows_.size(), 1.0); }

  [[nodiscard]] bool Holds(const Bits& group, const Row& row) const {
    return row.without >= 0 ? !group.Test(row.without) : row.events.SubsetOf(group);
  }

  void Note(const std::vector<std::int64_t>& prices, std::int64_t most) {
    std::int64_t sum = 0;
    for (std::size_t r = 0; r < rows_.size(); ++r) sum += prices[r] * rows_[r].demand;
    const double value = static_cast<double>(sum) / static_cast<double>(most);
    if (value <= bound_.value) return;
    bound_.value = value;
    bound_.groups = static_cast<int>((sum + most - 1) / most);
    bound_.prices = prices;
    bound_.price_of_group = most;
  }

  // A group with room left covers more rows at the same cost.
  Bits Complete(Bits group, const std::vector<std::int64_t>& prices) const {
    std::vector<int> order(rows_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return prices[a] > prices[b]; });
    Bits unwanted;
    for (const Row& row : rows_) {
      if (row.without >= 0) unwanted.Set(row.without);
    }
    for (const int r : order) {
      const Bits& events = rows_[r].events;
      if (rows_[r].without >= 0 || (events - group).Intersects(unwanted)) continue;
      const Bits more = group | events;
      if (rules_.Fits(more)) group = more;
    }
    return group;
  }

  bool Add(const Bits& group, const std::vector<std::int64_t>& prices) {
    std::vector<int> rows;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if (Holds(group, rows_[r])) rows.push_back(static_cast<int>(r));
    }
    rows = Independent(std::move(rows), apart_, prices);
    Bits key;
    for (const int row : rows) key.Set(row);
    if (rows.empty() || !known_.insert(key).second) return false;
    Simplex::Column column;
    for (const int row : rows) column.emplace_back(row, 1.0);
    number_.push_back(simplex_.AddColumn(std::move(column), 1));
    bound_.columns.push_back(group);
    bound_.rows.push_back(std::move(rows));
    return true;
  }

  const Rules& rules_;
  const std::vector<Row> rows_;
  const ItemConflicts& apart_;
  Simplex simplex_;
  std::vector<int> number_;                   ///< of bound_.columns in the simplex
  std::unordered_set<Bits, BitsHash> known_;  ///< by the rows that a column covers
  CoverBound bound_;
};

}  // namespace

CoverBound BoundCover(const Rules& rules, const std::vector<Bits>& items,
                      const ItemConflicts& apart, const std::vector<EventLimit>& limits,
                      const std::vector<Bits>& start, int enough, std::int64_t* effort) {
  if (items.empty()) return {};
  return Generator(rules, Rows(items, limits), apart).Run(start, enough, effort);
}

}  // namespace pmubench::planner
