#include "reports/pages/size_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

// In units of the viewBox: the plot's area, with room for the axes' labels.
constexpr double kLeft = 46, kRight = 452, kTop = 22, kBottom = 196;
constexpr double kMostTicks = 7;

/// From sizes and GB/s to the picture.
struct Axes {
  double low = 0, high = 1;  ///< log2 of bytes
  std::vector<double> steps;

  [[nodiscard]] double X(double bytes) const {
    return kLeft + (std::log2(bytes) - low) / (high - low) * (kRight - kLeft);
  }
  [[nodiscard]] double Y(double gigabytes) const {
    return kBottom - gigabytes / steps.back() * (kBottom - kTop);
  }
};

Axes AxesOf(std::span<const SizeCurve> curves) {
  double smallest = curves.front().points.front().bytes, largest = 0, highest = 0;
  for (const SizeCurve& curve : curves) {
    for (const SizePoint& point : curve.points) {
      smallest = std::min(smallest, point.bytes);
      largest = std::max(largest, point.bytes);
      highest = std::max(highest, point.bytes_per_second * 1e-9);
    }
  }
  Axes axes{std::log2(smallest), std::log2(largest), RoundSteps(highest)};
  if (axes.high - axes.low < 1) axes.high = axes.low + 1;
  return axes;
}

std::string Grid(const Axes& axes) {
  std::string grid;
  for (const double step : axes.steps) {
    grid += fmt::format(
        "<path class=grid d=\"M{} {:.1f}H{}\"/><text x={} y={:.1f} text-anchor=end>{:g}</text>",
        kLeft, axes.Y(step), kRight, kLeft - 6, axes.Y(step) + 4, step);
  }
  const double span = axes.high - axes.low;
  const double every = std::max(1.0, std::ceil(span / kMostTicks));
  for (double power = std::ceil(axes.low); power <= axes.high; power += every) {
    const double bytes = std::exp2(power);
    grid += fmt::format(
        "<path class=grid d=\"M{0:.1f} {1}v5\"/><text x={0:.1f} y={2} text-anchor=middle>{3}"
        "</text>",
        axes.X(bytes), kBottom, kBottom + 18, FormatSize(bytes));
  }
  return grid + fmt::format("<text x=0 y={}>GB/s</text>", kTop - 10);
}

/// The first curve that knows where the last cache ends.
const SizeCurve* WithKnee(std::span<const SizeCurve> curves) {
  const auto found = std::find_if(curves.begin(), curves.end(), [](const SizeCurve& curve) {
    return curve.holds && curve.beyond && *curve.beyond > *curve.holds;
  });
  return found == curves.end() ? nullptr : &*found;
}

std::string KneeText(const SizeCurve& curve) {
  return fmt::format("the last cache ends between {} and {}", FormatSize(*curve.holds),
                     FormatSize(*curve.beyond));
}

std::string Knee(const SizeCurve& curve, const Axes& axes) {
  const double from = axes.X(*curve.holds), to = axes.X(*curve.beyond);
  // The words stand where there is more room.
  const bool before = (from + to) / 2 > (kLeft + kRight) / 2;
  return fmt::format(
      "<rect class=band x={:.1f} y={} width={:.1f} height={} />"
      "<text x={:.1f} y={} text-anchor={}>{}</text>",
      from, kTop, to - from, kBottom - kTop, before ? from - 4 : to + 4, kTop - 10,
      before ? "end" : "start", "end of the last cache");
}

std::string Line(const SizeCurve& curve, std::size_t number, const Axes& axes) {
  std::string path, points;
  for (const SizePoint& point : curve.points) {
    const double x = axes.X(point.bytes), y = axes.Y(point.bytes_per_second * 1e-9);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x, y);
    points += fmt::format(
        "<circle class=line{} cx={:.1f} cy={:.1f} r=3><title>{}: {}</title></circle>", number, x, y,
        FormatSize(point.bytes), FormatValue(point.bytes_per_second, "B/s"));
  }
  return fmt::format("<path class=line{} d=\"{}\"/>{}", number, path, points);
}

std::string Ends(const SizePoint& first, const SizePoint& last) {
  return fmt::format("{} at {}, {} at {}", FormatValue(first.bytes_per_second, "B/s"),
                     FormatSize(first.bytes), FormatValue(last.bytes_per_second, "B/s"),
                     FormatSize(last.bytes));
}

}  // namespace

std::string FormatSize(double bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{:.4g} {}", bytes, kUnits[unit]);
}

std::vector<double> RoundSteps(double highest) {
  if (!(highest > 0)) highest = 1;
  const double power = std::pow(10, std::floor(std::log10(highest)) - 1);
  double step = power;
  for (const double factor : {2.0, 5.0, 10.0, 20.0, 25.0, 50.0}) {
    if (step * 5 >= highest) break;
    step = factor * power;
  }
  std::vector<double> steps = {0};
  while (steps.back() < highest) steps.push_back(static_cast<double>(steps.size()) * step);
  return steps;
}

std::string SizePlot(std::span<const SizeCurve> curves, const std::string& id) {
  if (curves.empty()) return {};
  const Axes axes = AxesOf(curves);
  std::string lines, legend, description;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    lines += Line(curves[i], i, axes);
    const std::string said = fmt::format("{}: {}", EscapeHtml(curves[i].name),
                                         Ends(curves[i].points.front(), curves[i].points.back()));
    legend += fmt::format("<li><span class=\"key part{}\"></span>{}</li>", i, said);
    description += said + ". ";
  }
  const SizeCurve* knee = WithKnee(curves);
  description += knee != nullptr ? KneeText(*knee) : "no end of the last cache was measured";
  return fmt::format(
      "<figure class=sizes><figcaption>Bandwidth over the size of the working set{0}"
      "</figcaption><svg viewBox=\"0 0 480 222\" role=img "
      "aria-label=\"Bandwidth over the size of the working set\" aria-describedby=\"{1}\">"
      "<title>Bandwidth over the size of the working set</title><desc id=\"{1}\">{2}</desc>"
      "{3}{4}{5}</svg><ul>{6}</ul></figure>",
      knee != nullptr ? "; " + KneeText(*knee) : "", id, description, Grid(axes),
      knee != nullptr ? Knee(*knee, axes) : "", lines, legend);
}

}  // namespace pmubench::pages
