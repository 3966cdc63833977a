#include "planner/placement.h"

#include <bit>
#include <cstddef>

namespace pmubench::planner {
namespace {

// Kuhn's augmenting paths; one event, one counter.
bool Augment(const std::vector<std::uint64_t>& masks, std::size_t event, std::uint64_t& visited,
             std::vector<int>& holder) {
  for (std::uint64_t rest = masks[event] & ~visited; rest != 0; rest = masks[event] & ~visited) {
    const int counter = std::countr_zero(rest);
    visited |= std::uint64_t{1} << counter;
    if (holder[counter] < 0 ||
        Augment(masks, static_cast<std::size_t>(holder[counter]), visited, holder)) {
      holder[counter] = static_cast<int>(event);
      return true;
    }
  }
  return false;
}

bool MatchSingles(const std::vector<std::uint64_t>& masks) {
  std::vector<int> holder(kMaxCounters, -1);
  for (std::size_t i = 0; i < masks.size(); ++i) {
    std::uint64_t visited = 0;
    if (!Augment(masks, i, visited, holder)) return false;
  }
  return true;
}

// Pairs are few: try their places, match the rest.
bool PlacePairs(const std::vector<std::uint64_t>& pairs, std::size_t next, std::uint64_t taken,
                const std::vector<std::uint64_t>& singles) {
  if (next == pairs.size()) {
    std::vector<std::uint64_t> left = singles;
    for (std::uint64_t& mask : left) mask &= ~taken;
    return MatchSingles(left);
  }
  for (std::uint64_t rest = pairs[next]; rest != 0; rest &= rest - 1) {
    const std::uint64_t both = std::uint64_t{3} << std::countr_zero(rest);
    if ((taken & both) == 0 && PlacePairs(pairs, next + 1, taken | both, singles)) return true;
  }
  return false;
}

}  // namespace

bool CanPlace(const std::vector<std::uint64_t>& pairs, const std::vector<std::uint64_t>& singles) {
  return PlacePairs(pairs, 0, 0, singles);
}

}  // namespace pmubench::planner
