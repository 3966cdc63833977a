// Finds a cover of a given number of groups by simulated annealing: finds, never proves.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "planner/bits.h"
#include "planner/rules.h"

namespace pmubench::planner {

/// `groups` groups that fit and together hold every item, or nothing within `moves` moves.
[[nodiscard]] std::optional<std::vector<Bits>> AnnealCover(const Rules& rules,
                                                           const std::vector<Bits>& items,
                                                           int groups, std::uint64_t seed,
                                                           std::int64_t moves);

}  // namespace pmubench::planner
