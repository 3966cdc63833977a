#include "reports/history/band.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "reports/statistics/order.h"

namespace pmubench::history {
std::optional<Band> SegmentBand(std::span<const double> segment, const BandOptions& options) {
  std::vector<double> values = statistics::Finite(segment);
  if (values.size() < options.least) return std::nullopt;
  if (values.size() > options.window) {
    values.erase(values.begin(), values.end() - static_cast<std::ptrdiff_t>(options.window));
  }
  const auto n = static_cast<double>(values.size());
  Band band;
  band.values = values.size();
  band.center = statistics::Median(values);
  const double sigma = statistics::MadSigma(values);
  // The MAD of few values scatters widely; 3 + 12/n keeps the share outside near 0.5 % from 8
  // values on (simulated), and the median's own error adds pi/2n of the variance.
  const double width = (3 + 12 / n) * sigma * std::sqrt(1 + 1.5708 / n);
  const double half = std::max(width, options.floor * std::fabs(band.center));
  band.low = band.center - half;
  band.high = band.center + half;
  return band;
}

Side SideOf(const Band& band, double value) {
  if (value > band.high) return Side::kAbove;
  if (value < band.low) return Side::kBelow;
  return Side::kInside;
}

std::string_view RerunName(Rerun rerun) {
  switch (rerun) {
    case Rerun::kConfirmed:
      return "confirmed";
    case Rerun::kNoise:
      return "noise";
    case Rerun::kInconclusive:
      break;
  }
  return "inconclusive";
}

Rerun JudgeRerun(const Band& band, double tonight, std::span<const double> launches,
                 std::span<const double> reference) {
  const Side side = SideOf(band, tonight);
  if (side == Side::kInside) return Rerun::kNoise;
  const auto now = IntervalOfMedian(launches);
  if (!now) return Rerun::kInconclusive;
  double low = band.low, high = band.high;
  if (!reference.empty()) {
    const auto before = IntervalOfMedian(reference);
    if (!before) return Rerun::kInconclusive;
    // The band's width about where the last good program stands tonight.
    const double center = statistics::Median(statistics::Finite(reference));
    const double half = (band.high - band.low) / 2;
    low = std::min(before->low, center - half);
    high = std::max(before->high, center + half);
  }
  if (now->low >= low && now->high <= high) return Rerun::kNoise;
  if (side == Side::kAbove && now->low > high) return Rerun::kConfirmed;
  if (side == Side::kBelow && now->high < low) return Rerun::kConfirmed;
  return Rerun::kInconclusive;
}

}  // namespace pmubench::history
