// The fewest groups that hold every item, with proof: bounds, annealing, then branching.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "planner/bits.h"
#include "planner/cover_bound.h"
#include "planner/rules.h"

namespace pmubench::planner {

enum class Proof { kNone, kCounting, kCoveringBound, kSearch };

struct Packing {
  std::vector<Bits> groups;
  int lower_bound = 0;
  Proof proof = Proof::kNone;  ///< how the number of groups was proven least
  CoverBound cover;            ///< the certificate, where the covering program was needed
};

/// `items`: sets of events, none a subset of another, each of which fits by itself.
[[nodiscard]] Packing Pack(const Rules& rules, const std::vector<Bits>& items, std::int64_t effort);

/// First-fit decreasing: items by size, each to the first group it fits.
[[nodiscard]] std::vector<Bits> FirstFit(const Rules& rules, std::vector<Bits> items);

/// Decides by branch and price whether `groups` groups can hold every item. `groups_found` is
/// filled if so. Returns false and leaves `*decided` false when effort runs out.
[[nodiscard]] bool SearchCover(const Rules& rules, const std::vector<Bits>& items, int groups,
                               std::int64_t* effort, std::vector<Bits>* groups_found,
                               bool* decided);

}  // namespace pmubench::planner
