// What every change-point detector gives back.
#pragma once

#include <cstddef>
#include <vector>

namespace pmubench::changepoints {

struct ChangePoint {
  std::size_t index = 0;       ///< first value of the new segment
  double before = 0;           ///< level of the segment that ends here
  double after = 0;            ///< level of the segment that starts here
  double relative_change = 0;  ///< (after - before) / |before|; infinite from 0 to anything else
  double p = 1;                ///< how likely noise alone shows so much anywhere in the series
};

/// (after - before) / |before|, 0 for equal levels, infinite with the sign of `after` from 0.
[[nodiscard]] double RelativeChange(double before, double after);

}  // namespace pmubench::changepoints
