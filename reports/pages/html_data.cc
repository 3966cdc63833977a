#include "reports/pages/html_data.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

using Json = nlohmann::json;

// Printable ASCII from '#' on without the backslash and '<': needs no escape in JSON or HTML.
std::string_view Digits() {
  static const std::string digits = [] {
    std::string all;
    for (char c = '#'; c < '~'; ++c) {
      if (c != '\\' && c != '<') all += c;
    }
    return all;
  }();
  return digits;
}

std::string Text(std::string_view text) {
  std::string json = Json(Printable(text)).dump();
  // "</script>" and "<!--" in a name must not end the element.
  std::string safe;
  for (const char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string Number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{:.6g}", *value) : std::string();
}

void AppendSeries(std::string& json, const Series& series) {
  const PackedSeries packed = PackSeries(series.values);
  json += fmt::format("{{\"m\":{},\"u\":{},\"l\":{:.9g},\"h\":{:.9g},\"d\":\"{}\"",
                      Text(series.metric), Text(series.unit), packed.low, packed.high, packed.text);
  if (!series.change_points.empty()) {
    json += fmt::format(",\"c\":[{}]", fmt::join(series.change_points, ","));
  }
  if (series.band_low && series.band_high) {
    json += fmt::format(",\"b\":[{:.6g},{:.6g}]", *series.band_low, *series.band_high);
  }
  json += "}";
}

}  // namespace

PackedSeries PackSeries(const std::vector<double>& values) {
  const std::string_view digits = Digits();
  const std::size_t base = digits.size();
  PackedSeries packed;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (!(low <= high)) low = high = 0;
  packed.low = low;
  packed.high = high;
  const double steps = static_cast<double>(base * base - 1);
  for (const double value : values) {
    if (!std::isfinite(value)) {
      packed.text += "~~";
      continue;
    }
    const double place = high > low ? (value - low) / (high - low) * steps : 0;
    const auto step = static_cast<std::size_t>(std::lround(place));
    packed.text += digits[step / base];
    packed.text += digits[step % base];
  }
  return packed;
}

std::string ReportData(const Report& report, const std::vector<std::size_t>& order) {
  std::string json = "{\"digits\":" + Json(std::string(Digits())).dump() + ",\n\"runs\":[";
  for (std::size_t i = 0; i < report.runs.size(); ++i) {
    json += fmt::format("{}[{},{}]", i > 0 ? "," : "", report.runs[i].started_ms / 1000,
                        Text(report.runs[i].commit.substr(0, 12)));
  }
  // Names and units once; lines refer to them by number.
  std::map<std::pair<std::string, std::string>, std::size_t> numbers;
  std::string metrics;
  std::string benchmarks;
  for (const std::size_t at : order) {
    const BenchmarkReport& benchmark = report.benchmarks[at];
    if (!benchmarks.empty()) benchmarks += ",\n";
    benchmarks += "{\"x\":" + Text(benchmark.explanation) + ",\"m\":[";
    for (std::size_t i = 0; i < benchmark.metrics.size(); ++i) {
      const MetricLine& line = benchmark.metrics[i];
      const auto [number, is_new] = numbers.try_emplace({line.name, line.unit}, numbers.size());
      if (is_new) {
        metrics +=
            fmt::format("{}[{},{}]", metrics.empty() ? "" : ",", Text(line.name), Text(line.unit));
      }
      // One text a line, fields parted by blanks: half the size of an array of numbers and nulls.
      std::string fields = fmt::format(
          "{} {} {} {} {} {} {} {}", number->second, Number(line.value), Number(line.low),
          Number(line.high), line.sampling_ratio ? fmt::format("{:.3g}", *line.sampling_ratio) : "",
          Number(line.baseline), Number(line.change), line.gate ? "g" : "");
      fields.erase(fields.find_last_not_of(' ') + 1);
      benchmarks += (i > 0 ? ",\"" : "\"") + fields + "\"";
    }
    benchmarks += "]";
    std::string reasons;
    for (const MetricLine& line : benchmark.metrics) {
      if (line.value || line.reason.empty()) continue;
      reasons += fmt::format("{}\"{}\":{}", reasons.empty() ? "" : ",",
                             numbers.at({line.name, line.unit}), Text(line.reason));
    }
    if (!reasons.empty()) benchmarks += ",\"r\":{" + reasons + "}";
    benchmarks += ",\"s\":[";
    for (std::size_t i = 0; i < benchmark.series.size(); ++i) {
      if (i > 0) benchmarks += ",";
      AppendSeries(benchmarks, benchmark.series[i]);
    }
    benchmarks += "]}";
  }
  return json + "],\n\"metrics\":[" + metrics + "],\n\"benchmarks\":[\n" + benchmarks + "]}";
}

}  // namespace pmubench::pages
