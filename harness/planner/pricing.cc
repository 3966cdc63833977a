#include "planner/pricing.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace pmubench::planner {
namespace {

class Search {
 public:
  Search(const Rules& rules, const std::vector<PricedItem>& items, const ItemConflicts& apart,
         std::int64_t floor, std::int64_t* effort, const std::vector<std::int64_t>& absent)
      : rules_(rules),
        effort_(effort),
        room_(rules.checks().size()),
        share_(rules.size()),
        absent_(absent) {
    absent_.resize(rules.size(), 0);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].profit > 0) active_.push_back(static_cast<int>(i));
    }
    items_ = &items;
    for (const auto& [a, b] : apart) {
      if (items[a].profit > 0 && items[b].profit > 0) apart_.emplace_back(a, b);
    }
    for (std::size_t c = 0; c < room_.size(); ++c) room_[c] = rules.checks()[c].capacity;
    best_.value = floor;
  }

  BestGroup Run() {
    const std::int64_t empty = std::accumulate(absent_.begin(), absent_.end(), std::int64_t{0});
    const std::int64_t open = Visit(Bits(), Bits(), active_, empty);
    best_.bound = std::max(best_.value, open);
    return std::move(best_);
  }

 private:
  [[nodiscard]] const PricedItem& item(int i) const { return (*items_)[i]; }

  // Least profit to give up so that no forbidden pair is left: branch on one pair at a time.
  std::int64_t Loss(const std::vector<int>& whole) const {
    for (const auto& [a, b] : apart_) {
      const auto at = std::find(whole.begin(), whole.end(), a);
      if (at == whole.end() || std::find(whole.begin(), whole.end(), b) == whole.end()) continue;
      std::int64_t least = 0;
      for (const int drop : {a, b}) {
        std::vector<int> rest;
        std::copy_if(whole.begin(), whole.end(), std::back_inserter(rest),
                     [drop = drop](int i) { return i != drop; });
        const std::int64_t loss = item(drop).profit + Loss(rest);
        if (drop == a || loss < least) least = loss;
      }
      return least;
    }
    return 0;
  }

  [[nodiscard]] bool RoomFor(const Bits& events) {
    need_.assign(room_.size(), 0);
    bool fits = true;
    events.ForEach([&](int e) {
      for (const Rules::Load& load : rules_.loads(e)) {
        need_[load.check] += load.weight;
        fits = fits && need_[load.check] <= room_[load.check];
      }
    });
    return fits;
  }

  // Returns the highest bound of what was left unvisited for want of effort, 0 if nothing was.
  std::int64_t Visit(const Bits& chosen, const Bits& excluded, const std::vector<int>& candidates,
                     std::int64_t whole_sum) {
    --*effort_;
    std::vector<int> open;
    open.reserve(candidates.size());
    std::fill(share_.begin(), share_.end(), 0);
    Bits wanted;
    std::int64_t whole_now = whole_sum;
    const std::size_t whole_before = whole_.size();
    for (const int i : candidates) {
      const Bits& events = item(i).events;
      if (events.Intersects(excluded)) continue;
      const Bits missing = events - chosen;
      if (missing.Empty()) {
        whole_.push_back(i);
        whole_now += item(i).profit;
        continue;
      }
      if (!RoomFor(missing) || Clashes(missing, chosen)) continue;
      open.push_back(i);
      wanted = wanted | missing;
      const int parts = missing.Count();
      const std::int64_t part = (item(i).profit + parts - 1) / parts;
      missing.ForEach([&](int e) { share_[e] += part; });
    }
    if (whole_now > best_.value) {
      const std::int64_t worth = apart_.empty() ? whole_now : whole_now - Loss(whole_);
      if (worth > best_.value) {
        best_.value = worth;
        best_.events = chosen;
        best_.found.push_back(chosen);
      }
    }
    std::int64_t left_open = 0;
    if (!open.empty()) {
      int branch = -1;
      const std::int64_t bound = whole_now + Knapsack(wanted, &branch);
      if (bound > best_.value) {
        if (*effort_ <= 0) {
          left_open = bound;
        } else {
          left_open = Branch(chosen, excluded, open, whole_now, branch);
        }
      }
    }
    whole_.resize(whole_before);
    return left_open;
  }

  std::int64_t Branch(const Bits& chosen, const Bits& excluded, const std::vector<int>& open,
                      std::int64_t whole_now, int event) {
    std::int64_t left_open = 0;
    Bits with = chosen;
    with.Set(event);
    if (rules_.linear() || rules_.Fits(with)) {
      for (const Rules::Load& load : rules_.loads(event)) room_[load.check] -= load.weight;
      left_open = Visit(with, excluded, open, whole_now - absent_[event]);
      for (const Rules::Load& load : rules_.loads(event)) room_[load.check] += load.weight;
    }
    Bits without = excluded;
    without.Set(event);
    return std::max(left_open, Visit(chosen, without, open, whole_now));
  }

  [[nodiscard]] bool Clashes(const Bits& missing, const Bits& chosen) const {
    if (!rules_.has_conflicts()) return false;
    const Bits all = missing | chosen;
    bool clash = false;
    missing.ForEach([&](int e) { clash = clash || rules_.conflicts(e).Intersects(all); });
    return clash;
  }

  // Every open item's profit is spread over its missing events, less what their absence is worth;
  // the most valuable events that the free counters can take then bound what any completion adds.
  std::int64_t Knapsack(const Bits& wanted, int* branch) {
    order_.clear();
    wanted.ForEach([&](int e) {
      order_.push_back(e);
      share_[e] = std::max<std::int64_t>(0, share_[e] - absent_[e]);
    });
    std::sort(order_.begin(), order_.end(), [&](int a, int b) {
      const std::int64_t va = share_[a] * rules_.slots(b);
      const std::int64_t vb = share_[b] * rules_.slots(a);
      return va != vb ? va > vb : a < b;
    });
    *branch = order_.front();
    std::int64_t bound = 0;
    knapsack_room_.assign(static_cast<std::size_t>(rules_.pmu_count()), -1);
    for (std::size_t c = 0; c < room_.size(); ++c) {
      // The widest check of a PMU is the one with its whole capacity.
      const Rules::Check& check = rules_.checks()[c];
      if (check.capacity == rules_.capacity(check.pmu)) knapsack_room_[check.pmu] = room_[c];
    }
    for (const int e : order_) {
      const int pmu = rules_.pmu(e);
      if (rules_.capacity(pmu) < 0) {
        bound += share_[e];
        continue;
      }
      int& room = knapsack_room_[pmu];
      const int slots = rules_.slots(e);
      const int taken = std::min(room, slots);
      if (taken <= 0) continue;
      bound += taken == slots ? share_[e] : (share_[e] * taken + slots - 1) / slots;
      room -= taken;
    }
    return bound;
  }

  const Rules& rules_;
  const std::vector<PricedItem>* items_ = nullptr;
  ItemConflicts apart_;
  std::int64_t* effort_;
  std::vector<int> active_, whole_, room_, need_, order_, knapsack_room_;
  std::vector<std::int64_t> share_, absent_;
  BestGroup best_;
};

}  // namespace

BestGroup FindBestGroup(const Rules& rules, const std::vector<PricedItem>& items,
                        const ItemConflicts& apart, std::int64_t floor, std::int64_t* effort,
                        const std::vector<std::int64_t>& absent) {
  return Search(rules, items, apart, floor, effort, absent).Run();
}

}  // namespace pmubench::planner
