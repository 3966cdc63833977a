#include "reports/pages/text_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "reports/compare/explain.h"
#include "reports/statistics/order.h"

namespace pmubench::pages {
namespace {

std::string FourDigits(double value) {
  if (value == 0) return "0";
  const double size = std::fabs(value);
  if (size >= 1e6 || size < 1e-3) return fmt::format("{:.3e}", value);
  const int exponent = static_cast<int>(std::floor(std::log10(size)));
  return fmt::format("{:.{}f}", value, std::max(0, 3 - exponent));
}

struct Scale {
  double factor;
  const char* prefix;
};

std::string Scaled(double value, std::string_view unit) {
  constexpr std::array<Scale, 5> kScales = {
      Scale{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}};
  for (const Scale& scale : kScales) {
    if (std::fabs(value) >= scale.factor || scale.factor == 1) {
      return fmt::format("{} {}{}", FourDigits(value / scale.factor), scale.prefix, unit);
    }
  }
  return {};
}

std::string Replace(std::string_view text, std::string_view characters,
                    const std::array<const char*, 5>& with) {
  std::string escaped;
  for (const char c : Printable(text)) {
    const std::size_t at = characters.find(c);
    if (at == std::string_view::npos) {
      escaped += c;
    } else {
      escaped += with[at];
    }
  }
  return escaped;
}

}  // namespace

std::string FormatValue(double value, std::string_view unit) {
  if (unit == "ns") {
    const double size = std::fabs(value);
    if (size >= 1e9) return FourDigits(value / 1e9) + " s";
    if (size >= 1e6) return FourDigits(value / 1e6) + " ms";
    if (size >= 1e3) return FourDigits(value / 1e3) + " us";
    return FourDigits(value) + " ns";
  }
  if (unit == "B/s" || unit == "items/s") return Scaled(value, unit);
  if (std::fabs(value) >= 1e5) return Scaled(value, unit);
  return unit.empty() ? FourDigits(value) : fmt::format("{} {}", FourDigits(value), unit);
}

std::string FormatChange(double change) {
  if (!std::isfinite(change)) return "from 0";
  return compare::FormatChange(1 + change);
}

std::string FormatShare(double ratio) {
  if (ratio >= 1) return "100 %";
  // Downwards: 0.9996 must not read as fully measured.
  return ratio < 0.1 ? fmt::format("{:.1f} %", std::floor(ratio * 1000) / 10)
                     : fmt::format("{:.0f} %", std::floor(ratio * 100));
}

std::string EscapeHtml(std::string_view text) {
  return Replace(text, "&<>\"'", {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"});
}

std::string EscapeXml(std::string_view text) { return EscapeHtml(text); }

std::string EscapeMarkdown(std::string_view text) {
  std::string escaped;
  for (const char c : Printable(text)) {
    if (std::string_view("\\`*_{}[]<>#|~!@&").find(c) != std::string_view::npos) {
      // Entities, since GitHub does not take every backslash inside of tables.
      escaped += fmt::format("&#{};", static_cast<int>(c));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::vector<double> Shrink(const std::vector<double>& values, std::size_t count) {
  std::vector<double> shrunk;
  const std::size_t pieces = std::min(count, values.size());
  for (std::size_t i = 0; i < pieces; ++i) {
    std::vector<double> piece;
    for (std::size_t j = i * values.size() / pieces; j < (i + 1) * values.size() / pieces; ++j) {
      if (std::isfinite(values[j])) piece.push_back(values[j]);
    }
    shrunk.push_back(piece.empty() ? std::numeric_limits<double>::quiet_NaN()
                                   : statistics::Median(piece));
  }
  return shrunk;
}

std::string UnicodeSparkline(const std::vector<double>& values, std::size_t width) {
  constexpr std::array<const char*, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::vector<double> shrunk = Shrink(values, width);
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : shrunk) {
    if (std::isnan(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  std::string line;
  for (const double value : shrunk) {
    if (std::isnan(value)) {
      line += " ";
      continue;
    }
    // Less than 2 % of movement is drawn flat rather than as a mountain of noise.
    const double range = std::max(high - low, std::fabs(high) * 0.02);
    const double place = range > 0 ? (value - low) / range * 7 : 3;
    line += kBars[static_cast<std::size_t>(std::clamp(place, 0.0, 7.0))];
  }
  return line;
}

const char* VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRegression:
      return "regression";
    case Verdict::kImprovement:
      return "improvement";
    case Verdict::kEnvironment:
      return "environment";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kNotMeasured:
      return "not_measured";
    case Verdict::kAdded:
      return "added";
    case Verdict::kRemoved:
      return "removed";
    case Verdict::kUnchanged:
      break;
  }
  return "unchanged";
}

const char* CanaryName(CanaryState canary) {
  switch (canary) {
    case CanaryState::kAbsent:
      return "absent";
    case CanaryState::kUnknown:
      return "unknown";
    case CanaryState::kStable:
      return "stable";
    case CanaryState::kMoved:
      break;
  }
  return "moved";
}

const char* VerdictIcon(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRegression:
      return "🔺";
    case Verdict::kImprovement:
      return "🟢";
    case Verdict::kEnvironment:
      return "🌡️";
    case Verdict::kInconclusive:
      return "❔";
    case Verdict::kNotMeasured:
      return "✖️";
    case Verdict::kAdded:
      return "➕";
    case Verdict::kRemoved:
      return "➖";
    case Verdict::kUnchanged:
      break;
  }
  return "▫️";
}

}  // namespace pmubench::pages
