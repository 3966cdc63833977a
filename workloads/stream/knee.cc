#include "stream/knee.h"

#include <algorithm>

namespace pmubench::stream {
namespace {

constexpr double kPlateau = 1.12;  // within 12 %: the memory level
constexpr double kFall = 1.25;     // a cache is at least this much faster than the memory

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

std::optional<Knee> FindKnee(const std::vector<SizePoint>& points) {
  if (points.size() < 4) return std::nullopt;
  // The memory plateau: from the end as long as bandwidth stays at its level.
  std::size_t first = points.size();
  std::vector<double> level;
  while (first > 0) {
    const double next = points[first - 1].gb_per_second;
    if (!level.empty() && next > kPlateau * Median(level)) break;
    level.push_back(next);
    --first;
  }
  if (first == 0 || level.size() < 2) return std::nullopt;
  const double memory = Median(level);
  // Between cache and memory the curve falls through mixtures of both, on which it may rest: the
  // cache's own level is the first size, going down, that is clearly faster than the memory and
  // whose smaller neighbour is no faster by as much again.
  const auto mixed = [&](std::size_t i) {
    const double here = points[i].gb_per_second;
    return here < kFall * memory ||
           (here < 2 * memory && points[i - 1].gb_per_second > kPlateau * here);
  };
  std::size_t top = first - 1;
  while (top > 0 && mixed(top)) --top;
  const double cache = points[top].gb_per_second;
  if (cache < kFall * memory) return std::nullopt;
  return Knee{points[top].bytes, points[first].bytes, cache, memory};
}

std::size_t MemoryArrayBytes(const Knee& knee) { return 4 * knee.beyond; }

}  // namespace pmubench::stream
