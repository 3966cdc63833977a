// Levels in a list of counts: ports of the same kind of device carry the same traffic.
#pragma once

#include <cstddef>
#include <vector>

namespace pmubench {

/// Lengths of the runs of like counts: a new run starts where the next count is more than `gap`
/// (0.15: 15 %) under the one before. `counts` in descending order.
[[nodiscard]] std::vector<std::size_t> LevelsByGaps(const std::vector<double>& counts, double gap);

/// Lengths of the `k` runs with the least sum of squared distances from their means: the optimum,
/// by dynamic programming (in one dimension clusters are intervals). `counts` in descending order;
/// fewer runs where there are fewer counts than `k`.
[[nodiscard]] std::vector<std::size_t> BestClusters(const std::vector<double>& counts,
                                                    std::size_t k);

/// (largest - smallest) / mean; 0 where the mean is 0.
[[nodiscard]] double Unevenness(const std::vector<double>& counts);

}  // namespace pmubench
