// The intervals that a change is looked for in.
#pragma once

#include <cstddef>
#include <vector>

namespace pmubench::changepoints {

struct Interval {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< one past the last value
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

/// Seeded intervals of Kovács, Li, Bühlmann and Munk, "Seeded binary segmentation" (Biometrika
/// 2023): layers of evenly shifted intervals whose length shrinks by 1/sqrt(2) a layer, from the
/// whole of `count` values down to `shortest`, each overlapping half of its neighbour. Narrowest
/// first, no duplicates. O(count) intervals, O(count log count) values in them altogether.
[[nodiscard]] std::vector<Interval> SeededIntervals(std::size_t count, std::size_t shortest);

}  // namespace pmubench::changepoints
