// The best group for given prices: which events that fit together make the most valuable metrics
// whole.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "planner/bits.h"
#include "planner/rules.h"

namespace pmubench::planner {

/// A set of events that is worth something when a group holds all of it.
struct PricedItem {
  Bits events;
  std::int64_t profit = 0;  ///< <= 0: ignored
};

struct BestGroup {
  Bits events;  ///< a group of the highest value found
  std::int64_t value = 0;
  std::int64_t bound = 0;   ///< no group is worth more; equals `value` where the search finished
  std::vector<Bits> found;  ///< groups met on the way, best last
};

/// Items (by index) that may not both be counted as whole in one group.
using ItemConflicts = std::vector<std::pair<int, int>>;

/// Exact branch and bound over events, in integers, within `*effort` nodes, which it counts down.
/// Groups worth no more than `floor` are of no interest. `absent` (by event, >= 0; may be empty) is
/// what a group is worth for not holding an event.
[[nodiscard]] BestGroup FindBestGroup(const Rules& rules, const std::vector<PricedItem>& items,
                                      const ItemConflicts& apart, std::int64_t floor,
                                      std::int64_t* effort,
                                      const std::vector<std::int64_t>& absent = {});

}  // namespace pmubench::planner
