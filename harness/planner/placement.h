// Whether events find counters: bipartite matching, with pairs.
#pragma once

#include <cstdint>
#include <vector>

namespace pmubench::planner {

constexpr int kMaxCounters = 64;

/// Exact. `singles`: by event, the counters it may sit on, one bit each. `pairs`: by event that
/// takes two counters, the lower ones it may sit on; it takes the next one too.
[[nodiscard]] bool CanPlace(const std::vector<std::uint64_t>& pairs,
                            const std::vector<std::uint64_t>& singles);

}  // namespace pmubench::planner
