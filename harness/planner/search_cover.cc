// Branch and price: on how many groups hold an event, then on pairs of items that share a group or
// do not (Ryan and Foster 1981). An event of many items, as an instruction counter, has a count
// that is far from whole in the covering program, and fixing it moves the bound the most.
#include <algorithm>
#include <cmath>
#include <map>

#include "planner/packing.h"

namespace pmubench::planner {
namespace {

constexpr double kTolerance = 1e-6;

struct Share {
  std::vector<int> items;
  double amount = 0;
};

// The covering program may hold an item more than once. Giving up the surplus leaves a solution
// that holds each item exactly once, and only there are fractional pairs what must be branched on.
std::vector<Share> Partition(const CoverBound& cover, std::size_t items) {
  std::vector<Share> shares;
  for (std::size_t c = 0; c < cover.columns.size(); ++c) {
    if (cover.shares[c] <= kTolerance) continue;
    Share share{{}, cover.shares[c]};
    for (const int row : cover.rows[c]) {
      if (row < static_cast<int>(items)) share.items.push_back(row);
    }
    shares.push_back(std::move(share));
  }
  for (std::size_t i = 0; i < items; ++i) {
    const int item = static_cast<int>(i);
    double surplus = -1;
    for (const Share& share : shares) {
      if (std::binary_search(share.items.begin(), share.items.end(), item)) surplus += share.amount;
    }
    for (std::size_t s = shares.size(); s-- > 0 && surplus > kTolerance;) {
      const auto at = std::lower_bound(shares[s].items.begin(), shares[s].items.end(), item);
      if (at == shares[s].items.end() || *at != item) continue;
      Share without = shares[s];
      without.items.erase(without.items.begin() + (at - shares[s].items.begin()));
      without.amount = std::min(surplus, shares[s].amount);
      shares[s].amount -= without.amount;
      surplus -= without.amount;
      if (shares[s].amount <= kTolerance) {
        shares[s] = std::move(without);
      } else {
        shares.push_back(std::move(without));
      }
    }
  }
  return shares;
}

class Branching {
 public:
  Branching(const Rules& rules, int groups, std::int64_t* effort)
      : rules_(rules), groups_(groups), effort_(effort) {}

  // Whether `items` fit the groups; nothing is decided once effort has run out.
  bool Visit(const std::vector<Bits>& items, const ItemConflicts& apart,
             const std::vector<EventLimit>& limits, const std::vector<Bits>& start,
             std::vector<Bits>* found) {
    const CoverBound cover = BoundCover(rules_, items, apart, limits, start, groups_ + 1, effort_);
    if (cover.groups > groups_) return false;
    if (!cover.solved) {
      decided_ = false;
      return false;
    }
    int event = -1;
    const double held = MostUndecided(cover, &event);
    if (event >= 0) {
      const int few = static_cast<int>(std::floor(held));
      return Visit(items, apart, AtMost(limits, event, few), cover.columns, found) ||
             (decided_ &&
              Visit(items, apart, AtLeast(limits, event, few + 1), cover.columns, found));
    }
    const std::vector<Share> shares = Partition(cover, items.size());
    std::map<std::pair<int, int>, double> together;
    for (const Share& share : shares) {
      for (std::size_t a = 0; a < share.items.size(); ++a) {
        for (std::size_t b = a + 1; b < share.items.size(); ++b) {
          together[{share.items[a], share.items[b]}] += share.amount;
        }
      }
    }
    std::pair<int, int> pair{-1, -1};
    double nearest = 1;  // the most undecided pair moves both branches the most
    for (const auto& [candidate, amount] : together) {
      if (amount < kTolerance || amount > 1 - kTolerance) continue;
      const double distance = std::abs(amount - 0.5);
      if (distance < nearest) {
        nearest = distance;
        pair = candidate;
      }
    }
    if (pair.first < 0) return Extract(items, shares, found);
    return Together(items, apart, limits, cover.columns, pair, found) ||
           (decided_ && Apart(items, apart, limits, cover.columns, pair, found));
  }

  [[nodiscard]] bool decided() const { return decided_; }

 private:
  // How many groups hold the event whose number is farthest from a whole one.
  double MostUndecided(const CoverBound& cover, int* event) const {
    std::vector<double> held(static_cast<std::size_t>(rules_.size()), 0.0);
    for (std::size_t c = 0; c < cover.columns.size(); ++c) {
      if (cover.shares[c] <= kTolerance) continue;
      cover.columns[c].ForEach(
          [&](int e) { held[static_cast<std::size_t>(e)] += cover.shares[c]; });
    }
    double farthest = kTolerance;
    *event = -1;
    for (int e = 0; e < rules_.size(); ++e) {
      const double count = held[static_cast<std::size_t>(e)];
      // Below one group it says nothing: each event is in one at least.
      const double distance = count < 1 ? 0 : std::abs(count - std::round(count));
      if (distance > farthest) {
        farthest = distance;
        *event = e;
      }
    }
    return *event < 0 ? 0 : held[static_cast<std::size_t>(*event)];
  }

  EventLimit& Find(std::vector<EventLimit>& limits, int event) const {
    for (EventLimit& limit : limits) {
      if (limit.event == event) return limit;
    }
    return limits.emplace_back(EventLimit{event, 0, groups_, groups_});
  }
  std::vector<EventLimit> AtMost(std::vector<EventLimit> limits, int event, int most) const {
    Find(limits, event).at_most = most;
    return limits;
  }
  std::vector<EventLimit> AtLeast(std::vector<EventLimit> limits, int event, int least) const {
    Find(limits, event).at_least = least;
    return limits;
  }

  bool Extract(const std::vector<Bits>& items, const std::vector<Share>& shares,
               std::vector<Bits>* found) {
    std::vector<bool> done(items.size(), false);
    found->clear();
    for (const Share& share : shares) {
      Bits group;
      for (const int i : share.items) {
        if (!done[i]) group = group | items[i];
        done[i] = true;
      }
      if (!group.Empty()) found->push_back(group);
    }
    // Rounding must never turn into a claim: what was read off is counted again.
    const bool valid = static_cast<int>(found->size()) <= groups_ &&
                       std::all_of(done.begin(), done.end(), [](bool d) { return d; });
    if (!valid) decided_ = false;
    return valid;
  }

  bool Together(const std::vector<Bits>& items, const ItemConflicts& apart,
                const std::vector<EventLimit>& limits, const std::vector<Bits>& columns,
                std::pair<int, int> pair, std::vector<Bits>* found) {
    const auto [a, b] = pair;  // a < b
    const Bits merged = items[a] | items[b];
    if (!rules_.Fits(merged)) return false;
    std::vector<Bits> rest = items;
    rest[a] = merged;
    rest.erase(rest.begin() + b);
    ItemConflicts moved;
    for (auto [x, y] : apart) {
      for (int* end : {&x, &y}) {
        if (*end == b) {
          *end = a;
        } else if (*end > b) {
          --*end;
        }
      }
      if (x == y) return false;
      moved.emplace_back(x, y);
    }
    return Visit(rest, moved, limits, columns, found);
  }

  bool Apart(const std::vector<Bits>& items, ItemConflicts apart,
             const std::vector<EventLimit>& limits, const std::vector<Bits>& columns,
             std::pair<int, int> pair, std::vector<Bits>* found) {
    apart.push_back(pair);
    return Visit(items, apart, limits, columns, found);
  }

  const Rules& rules_;
  int groups_;
  std::int64_t* effort_;
  bool decided_ = true;
};

}  // namespace

bool SearchCover(const Rules& rules, const std::vector<Bits>& items, int groups,
                 std::int64_t* effort, std::vector<Bits>* groups_found, bool* decided) {
  Branching branching(rules, groups, effort);
  const bool found = branching.Visit(items, {}, {}, {}, groups_found);
  *decided = found || branching.decided();
  return found;
}

}  // namespace pmubench::planner
