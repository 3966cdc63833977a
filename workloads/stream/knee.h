// Where the last-level cache really ends: read from bandwidth over size, because the claimed size
// is wrong in virtual machines.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace pmubench::stream {

/// Bandwidth of one working-set size.
struct SizePoint {
  std::size_t bytes = 0;
  double gb_per_second = 0;
};

/// The last cache ends between these two sizes.
struct Knee {
  std::size_t fits = 0;    ///< the largest size that is still served by the cache
  std::size_t beyond = 0;  ///< the smallest that mostly is not
  double cache_gb_per_second = 0;
  double memory_gb_per_second = 0;
};

/// `points` by ascending size. The memory level is the median of the points within 12 % of the
/// last one's bandwidth at the end of the curve; the last cache's level the plateau before it.
/// Nullopt where the curve has no memory plateau (the sizes end inside a cache) or no fall.
[[nodiscard]] std::optional<Knee> FindKnee(const std::vector<SizePoint>& points);

/// The sizes of a sweep, two an octave: 1, 1.5, 2, 3, 4, 6, ...
[[nodiscard]] constexpr std::size_t NextSize(std::size_t bytes) {
  return (bytes & (bytes - 1)) == 0 ? bytes / 2 * 3 : bytes / 3 * 4;
}

/// Bytes per array so that a kernel of three arrays sees memory and not the cache: the total of
/// one array is at least 4 times the cache STREAM's rule names, here the measured one.
[[nodiscard]] std::size_t MemoryArrayBytes(const Knee& knee);

}  // namespace pmubench::stream
