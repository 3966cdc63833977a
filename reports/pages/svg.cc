#include "reports/pages/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void Add(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// Less than 2 % of movement is drawn flat rather than as a mountain of noise.
  void Widen() {
    if (!(low <= high)) low = high = 0;
    const double least = std::max(std::fabs(high) * 0.02, 1e-300);
    if (high - low < least) {
      const double middle = (low + high) / 2;
      low = middle - least / 2;
      high = middle + least / 2;
    }
  }
};

/// A path through the points; a value that is missing breaks it.
std::string Path(const std::vector<double>& values, const Range& range, double width,
                 double height) {
  std::string path;
  bool drawing = false;
  const double step = values.size() > 1 ? width / static_cast<double>(values.size() - 1) : 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      drawing = false;
      continue;
    }
    const double x = static_cast<double>(i) * step;
    const double y = height - (values[i] - range.low) / (range.high - range.low) * height;
    path += fmt::format("{}{:.0f} {:.1f}", drawing ? "L" : "M", x, y);
    // A single point between gaps would not be seen.
    if (!drawing && (i + 1 == values.size() || !std::isfinite(values[i + 1]))) path += "h1";
    drawing = true;
  }
  return path;
}

}  // namespace

std::string Sparkline(const Series& series, const std::string& label) {
  constexpr double kWidth = 120, kHeight = 24;
  const std::vector<double> values = Shrink(series.values, 40);
  Range range;
  for (const double value : values) range.Add(value);
  range.Widen();
  return fmt::format(
      "<svg class=spark viewBox=\"-2 -2 124 28\" role=img aria-label=\"{}\"><path d=\"{}\"/></svg>",
      EscapeHtml(label), Path(values, range, kWidth, kHeight));
}

std::string HistoryPicture(const Series& series, const std::string& label) {
  constexpr double kWidth = 600, kHeight = 90;
  const std::vector<double> values = Shrink(series.values, 200);
  Range range;
  for (const double value : values) range.Add(value);
  if (series.band_low) range.Add(*series.band_low);
  if (series.band_high) range.Add(*series.band_high);
  range.Widen();
  const auto y = [&](double value) {
    return kHeight - (value - range.low) / (range.high - range.low) * kHeight;
  };
  std::string inside;
  if (series.band_low && series.band_high) {
    inside += fmt::format("<rect class=band x=0 width={} y={:.1f} height={:.1f} />", kWidth,
                          y(*series.band_high), y(*series.band_low) - y(*series.band_high));
  }
  const double last = std::max<double>(1, static_cast<double>(series.values.size()) - 1);
  for (const std::size_t point : series.change_points) {
    const double x = static_cast<double>(point) / last * kWidth;
    inside += fmt::format("<path class=step d=\"M{0:.0f} 0V{1:.0f}m-5 6l5 -6 5 6z\"/>", x, kHeight);
  }
  inside += fmt::format("<path d=\"{}\"/>", Path(values, range, kWidth, kHeight));
  return fmt::format(
      "<svg class=history viewBox=\"-4 -4 608 106\" role=img aria-label=\"{}\">{}</svg>",
      EscapeHtml(label), inside);
}

std::string StackedBar(const std::vector<Share>& shares, const std::string& label) {
  std::string bar, legend;
  double x = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double width = std::clamp(shares[i].percent, 0.0, 100 - x);
    bar += fmt::format("<rect class=part{} x={:.1f} y=0 width={:.1f} height=14 />", i, x, width);
    x += width;
    legend += fmt::format("<li><span class=\"key part{}\"></span>{} {:.1f} %</li>", i,
                          EscapeHtml(shares[i].name), shares[i].percent);
  }
  return fmt::format(
      "<figure class=bar><figcaption>{0}</figcaption><svg viewBox=\"0 0 100 14\" "
      "preserveAspectRatio=none role=img aria-label=\"{0}\">{1}</svg><ul>{2}</ul></figure>",
      EscapeHtml(label), bar, legend);
}

std::string Gauge(double used, double attainable, const std::string& label) {
  const double share = attainable > 0 ? std::clamp(used / attainable * 100, 0.0, 100.0) : 0;
  return fmt::format(
      "<figure class=bar><figcaption>{0}</figcaption><svg viewBox=\"0 0 100 14\" "
      "preserveAspectRatio=none role=img aria-label=\"{0}\"><rect class=empty x=0 y=0 width=100 "
      "height=14 /><rect class=part0 x=0 y=0 width={1:.1f} height=14 /></svg></figure>",
      EscapeHtml(label), share);
}

}  // namespace pmubench::pages
