// Tonight's value against the band of its series, and what a re-run says of it. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "reports/statistics/median_interval.h"

namespace pmubench::history {

/// Where the next value is expected.
struct Band {
  double low = 0, center = 0, high = 0;
  std::size_t values = 0;  ///< how many it was made of
};

struct BandOptions {
  /// Half the width is at least this share of the center: what a metric's class floors.
  double floor = 0.01;
  std::size_t window = 30;  ///< only so many of the segment's last values
  std::size_t least = 5;    ///< fewer values make no band
};

/// Median and 1.4826 MAD of the segment's last values, widened for what a few values do not tell
/// of their spread. On Gaussian noise about 0.5 % of values fall outside; missing ones (NaN) are
/// passed over. nullopt where there are too few.
[[nodiscard]] std::optional<Band> SegmentBand(std::span<const double> segment,
                                              const BandOptions& options = {});

enum class Side { kInside, kAbove, kBelow };
[[nodiscard]] Side SideOf(const Band& band, double value);

enum class Rerun {
  kConfirmed,     ///< the new launches lie outside too, on the same side: a change
  kNoise,         ///< the new launches lie in the band: tonight's value was chance
  kInconclusive,  ///< neither: more launches, or a look by a person
};
[[nodiscard]] std::string_view RerunName(Rerun rerun);

/// Judges a value that was `tonight` outside of the band by launches made for the purpose.
/// `reference`: launches of the last good program in turns with them, empty where there were none.
/// With a reference the question is put to it rather than to the band: a machine that is slower
/// tonight moves both. Decided by a rank interval for the median (95 %); fewer than 6 launches
/// decide nothing. Launches that are not finite are passed over.
[[nodiscard]] Rerun JudgeRerun(const Band& band, double tonight, std::span<const double> launches,
                               std::span<const double> reference = {});

using statistics::IntervalOfMedian;

}  // namespace pmubench::history
