// When a comparison that is still going may look at its data.
#pragma once

#include <cstddef>
#include <vector>

namespace pmubench::statistics {

struct Look {
  std::size_t launches = 0;  ///< a side
  double alpha = 0;          ///< what this look may spend
};

/// Looks at `first`, 2 `first`, 4 `first`, ... launches, the last one at `most`. The first spends
/// half of `alpha`, each further one half of what is left and the last one all of it, so that the
/// looks together spend `alpha` (the union bound): 10, 20, 40 spend 1/2, 1/4, 1/4. Looking
/// whenever one likes would multiply the false alarms. `first` > 0; `most` < `first` is one look.
[[nodiscard]] std::vector<Look> LookSchedule(std::size_t first, std::size_t most, double alpha);

}  // namespace pmubench::statistics
