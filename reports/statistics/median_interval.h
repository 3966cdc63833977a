// How well the median of a few values is known.
#pragma once

#include <optional>
#include <span>

namespace pmubench::statistics {

struct MedianInterval {
  double low = 0, high = 0;
};

/// Order-statistic interval of the median with at least 95 % coverage: it needs no shape of noise.
/// nullopt below 6 values. Values that are not finite are passed over.
[[nodiscard]] std::optional<MedianInterval> IntervalOfMedian(std::span<const double> values);

}  // namespace pmubench::statistics
