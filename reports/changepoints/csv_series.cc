#include "reports/changepoints/csv_series.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace pmubench::changepoints {
namespace {

using Row = std::vector<std::string>;

// Takes one row off `text`; nothing at its end. A quote left open takes the rest.
std::optional<Row> TakeRow(std::string_view& text, std::size_t& line) {
  if (text.empty()) return std::nullopt;
  Row row(1);
  bool quoted = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') {
        row.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        row.back() += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && row.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      row.emplace_back();
    } else if (c == '\n') {
      ++i;
      break;
    } else if (c != '\r') {
      row.back() += c;
    }
  }
  text.remove_prefix(i);
  return row;
}

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<double> ParseValue(std::string_view text) {
  text = Trimmed(text);
  if (text.empty() || text == "null") return std::numeric_limits<double>::quiet_NaN();
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && end == text.data() + text.size()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
}

Error BadInput(std::string message, std::string remedy = {}) {
  return {ErrorCode::kBadInput, std::move(message), std::move(remedy)};
}

Result<std::size_t> FindColumn(const Row& header, std::string_view column, std::string_view name) {
  const auto find = [&](std::string_view wanted) {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), wanted) -
                                    header.begin());
  };
  if (!column.empty()) {
    const std::size_t at = find(column);
    if (at < header.size()) return at;
    return Error{ErrorCode::kUsage, fmt::format("{} has no column '{}'", name, column),
                 fmt::format("its columns are: {}", fmt::join(header, ", "))};
  }
  if (const std::size_t at = find("value"); at < header.size()) return at;
  if (header.size() <= 2) return header.size() - 1;
  return Error{ErrorCode::kUsage,
               fmt::format("{} has {} columns and none is called 'value'", name, header.size()),
               fmt::format("name one with --column: {}", fmt::join(header, ", "))};
}

}  // namespace

Result<CsvSeries> ParseCsvSeries(std::string_view text, std::string_view column,
                                 std::string_view name) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::size_t line = 1;
  const auto header = TakeRow(text, line);
  if (!header) return BadInput(fmt::format("{} is empty", name));
  const auto at = FindColumn(*header, column, name);
  if (!at) return at.error();

  CsvSeries series;
  series.column = (*header)[*at];
  while (true) {
    const std::size_t row_line = line;
    const auto row = TakeRow(text, line);
    if (!row) break;
    if (row->size() == 1 && Trimmed(row->front()).empty()) continue;
    if (row->size() <= *at) {
      return BadInput(fmt::format("{} line {} has {} fields; column '{}' is number {}", name,
                                  row_line, row->size(), series.column, *at + 1));
    }
    const auto value = ParseValue((*row)[*at]);
    if (!value) {
      return BadInput(fmt::format("{} line {}: '{}' is not a number", name, row_line, (*row)[*at]),
                      "the first line must name the columns; pick one with --column");
    }
    series.values.push_back(*value);
  }
  return series;
}

}  // namespace pmubench::changepoints
