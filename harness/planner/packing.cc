#include "planner/packing.h"

#include <algorithm>

#include "planner/anneal.h"

namespace pmubench::planner {
namespace {

// What each PMU's counters can take at the very least: the total weight of events over capacity.
int CountingBound(const Rules& rules, const std::vector<Bits>& items) {
  Bits all;
  for (const Bits& item : items) all = all | item;
  int bound = items.empty() ? 0 : 1;
  std::vector<int> used(rules.checks().size(), 0);
  all.ForEach([&](int e) {
    for (const Rules::Load& load : rules.loads(e)) used[load.check] += load.weight;
  });
  for (std::size_t c = 0; c < used.size(); ++c) {
    const int capacity = rules.checks()[c].capacity;
    if (capacity > 0) bound = std::max(bound, (used[c] + capacity - 1) / capacity);
  }
  return bound;
}

}  // namespace

std::vector<Bits> FirstFit(const Rules& rules, std::vector<Bits> items) {
  std::stable_sort(items.begin(), items.end(),
                   [](const Bits& a, const Bits& b) { return a.Count() > b.Count(); });
  std::vector<Bits> groups;
  for (const Bits& item : items) {
    bool placed = false;
    for (Bits& group : groups) {
      if (!rules.Fits(group | item)) continue;
      group = group | item;
      placed = true;
      break;
    }
    if (!placed) groups.push_back(item);
  }
  return groups;
}

Packing Pack(const Rules& rules, const std::vector<Bits>& items, std::int64_t effort) {
  Packing packing;
  packing.groups = FirstFit(rules, items);
  packing.lower_bound = CountingBound(rules, items);
  packing.proof = Proof::kCounting;
  const auto size = [&] { return static_cast<int>(packing.groups.size()); };
  const auto gap = [&] { return size() > packing.lower_bound; };
  // A move costs a third of a node of the exact searches, roughly.
  const auto anneal = [&](int groups, std::int64_t moves, int tries) {
    for (int t = 0; t < tries; ++t) {
      effort -= moves / 3;
      if (auto found =
              AnnealCover(rules, items, groups, static_cast<std::uint64_t>(t) + 1, moves)) {
        packing.groups = std::move(*found);
        return true;
      }
    }
    return false;
  };
  // Cheap improvement first: it settles most problems, and its groups start the bound's columns.
  while (gap() && anneal(size() - 1, 60000, 1)) {
  }
  if (gap()) {
    packing.cover = BoundCover(rules, items, {}, {}, packing.groups, size(), &effort);
    if (packing.cover.groups > packing.lower_bound) {
      packing.lower_bound = packing.cover.groups;
      packing.proof = Proof::kCoveringBound;
    }
  }
  while (gap() && anneal(size() - 1, 400000, 2)) {
  }
  while (gap() && effort > 0) {
    std::vector<Bits> found;
    bool decided = false;
    if (SearchCover(rules, items, size() - 1, &effort, &found, &decided)) {
      packing.groups = std::move(found);
    } else if (decided) {
      packing.lower_bound = size();
      packing.proof = Proof::kSearch;
    } else {
      break;
    }
  }
  if (gap()) packing.proof = Proof::kNone;
  return packing;
}

}  // namespace pmubench::planner
