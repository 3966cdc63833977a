// How many groups are needed at least: the covering linear program, by column generation.
#pragma once

#include <cstdint>
#include <vector>

#include "planner/bits.h"
#include "planner/pricing.h"
#include "planner/rules.h"

namespace pmubench::planner {

/// How many groups may hold an event, of `groups` in all.
struct EventLimit {
  int event = 0;
  int at_least = 0;
  int at_most = 0;
  int groups = 0;

  [[nodiscard]] int absent() const { return groups - at_most; }
};

/// What the covering program says of a set of items.
///
/// The bound is a certificate, not a float: with these integer prices no group that fits is worth
/// more than `price_of_group` (searched exactly), so covering every item takes at least
/// sum(prices x demands) / price_of_group groups. Rows are the items, each demanded once, then two
/// a limit: groups that hold its event, and groups that do not.
struct CoverBound {
  int groups = 0;                    ///< no cover has fewer groups
  std::vector<std::int64_t> prices;  ///< by row
  std::int64_t price_of_group = 1;
  double value = 0;           ///< the program's optimum, or the best bound found
  bool solved = false;        ///< optimal; otherwise effort ran out or `enough` was reached
  std::vector<Bits> columns;  ///< groups that were generated
  std::vector<std::vector<int>> rows;  ///< that each column covers
  std::vector<double> shares;          ///< of columns, in the program's optimum
};

/// `start`: groups known already. Stops early once `enough` groups are proven to be needed.
[[nodiscard]] CoverBound BoundCover(const Rules& rules, const std::vector<Bits>& items,
                                    const ItemConflicts& apart,
                                    const std::vector<EventLimit>& limits,
                                    const std::vector<Bits>& start, int enough,
                                    std::int64_t* effort);

}  // namespace pmubench::planner
