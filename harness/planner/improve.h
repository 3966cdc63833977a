// With the number of groups settled: the groups whose spare counters make the most metrics whole
// in more than one turn.
#pragma once

#include <cstdint>
#include <vector>

#include "planner/bits.h"
#include "planner/rules.h"

namespace pmubench::planner {

/// A distinct event set of one or more metrics.
struct ValuedItem {
  Bits events;
  double weight = 1;     ///< of its metrics together
  bool required = true;  ///< some group must hold it
};

struct Improved {
  std::vector<Bits> groups;
  double value = 0;        ///< sum over items of weight x groups that hold it
  double upper_bound = 0;  ///< no cover with as many groups is worth more
};

/// Maximises the value over covers with as many groups as `start`, jointly: groups are rebuilt,
/// not only filled. Starts from a valid cover and never returns less. Stops at the bound.
[[nodiscard]] Improved ImproveCover(const Rules& rules, const std::vector<ValuedItem>& items,
                                    std::vector<Bits> start, std::int64_t effort);

}  // namespace pmubench::planner
