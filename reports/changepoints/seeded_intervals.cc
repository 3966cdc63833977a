#include "reports/changepoints/seeded_intervals.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pmubench::changepoints {

std::vector<Interval> SeededIntervals(std::size_t count, std::size_t shortest) {
  const auto total = static_cast<double>(count);
  const auto floor = static_cast<double>(std::max<std::size_t>(shortest, 2));
  std::vector<double> lengths;
  for (double length = total; length >= floor; length /= std::numbers::sqrt2) {
    lengths.push_back(length);
  }
  std::vector<Interval> intervals;
  intervals.reserve(count * 3);
  for (auto length = lengths.rbegin(); length != lengths.rend(); ++length) {
    const auto whole = std::min(count, static_cast<std::size_t>(std::ceil(*length)));
    const auto pieces = static_cast<std::size_t>(2 * std::ceil(total / *length)) - 1;
    const double shift =
        pieces > 1 ? static_cast<double>(count - whole) / static_cast<double>(pieces - 1) : 0;
    for (std::size_t i = 0; i < pieces; ++i) {
      const auto begin = static_cast<std::size_t>(shift * static_cast<double>(i));
      const bool repeated =
          !intervals.empty() && intervals.back().begin == begin && intervals.back().size() == whole;
      if (!repeated) intervals.push_back({begin, begin + whole});
    }
  }
  return intervals;
}

}  // namespace pmubench::changepoints
