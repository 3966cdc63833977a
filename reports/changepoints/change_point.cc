#include "reports/changepoints/change_point.h"

#include <cmath>
#include <limits>

namespace pmubench::changepoints {

double RelativeChange(double before, double after) {
  if (before == after) return 0;
  if (before == 0) return std::copysign(std::numeric_limits<double>::infinity(), after);
  return (after - before) / std::abs(before);
}

}  // namespace pmubench::changepoints
