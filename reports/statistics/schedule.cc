#include "reports/statistics/schedule.h"

#include <algorithm>
#include <cassert>

namespace pmubench::statistics {

std::vector<Look> LookSchedule(std::size_t first, std::size_t most, double alpha) {
  assert(first > 0 && most > 0);
  std::vector<Look> looks;
  double left = alpha;
  for (std::size_t launches = std::min(first, most); launches < most; launches *= 2) {
    left /= 2;
    looks.push_back({launches, left});
  }
  looks.push_back({most, left});
  return looks;
}

}  // namespace pmubench::statistics
