#include "bandwidth/perf_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include "platform/files.h"

namespace pmubench {
namespace {

// perf_event counts are 64 bits; a delta this large is a counter that went backwards.
constexpr double kBackwards = 9.2e18;

bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool IsLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

std::optional<double> ParseReal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Cuts a line at the separator, but neither within an event's slashes nor within "<not counted>".
std::vector<std::string> Cut(std::string_view line, std::string_view separator) {
  std::vector<std::string> fields(1);
  bool in_event = false;
  bool in_words = false;
  for (std::size_t i = 0; i < line.size();) {
    if (!in_event && !in_words && line.substr(i).starts_with(separator)) {
      fields.emplace_back();
      i += separator.size();
      continue;
    }
    const char c = line[i++];
    if (c == '/' && separator != "/") in_event = !in_event;
    if (c == '<') in_words = true;
    if (c == '>') in_words = false;
    fields.back() += c;
  }
  for (std::string& field : fields) field = std::string(Trim(field));
  return fields;
}

bool IsCount(std::string_view field) { return field.starts_with('<') || ParseReal(field); }

bool IsPlace(std::string_view field) {
  return field.size() > 1 && IsLetter(field.front()) && IsDigit(field.back());
}

/// The row whose count stands at field `at`, if what follows is unit, event, time and percent.
std::optional<PerfRow> RowAt(const std::vector<std::string>& fields, std::size_t at) {
  if (fields.size() < at + 5 || !IsCount(fields[at])) return std::nullopt;
  const std::string& event = fields[at + 2];
  if (event.empty() || ParseReal(event) || ParseReal(fields[at + 1])) return std::nullopt;
  const auto running = ParseUnsigned(fields[at + 3]);
  const auto percent = ParseReal(fields[at + 4]);
  // A percentage is written with two decimals: one digit is a line that was cut.
  const auto point = fields[at + 4].find('.');
  if (!running || !percent || point == std::string::npos || fields[at + 4].size() < point + 3) {
    return std::nullopt;
  }
  PerfRow row;
  row.count = ParseReal(fields[at]);
  if (!row.count) row.why_not = fields[at];
  if (row.count && (*row.count < 0 || *row.count > kBackwards)) {
    row.count.reset();
    row.why_not = "the counter went backwards";
  }
  row.unit = fields[at + 1];
  row.event = event;
  row.running_ns = static_cast<double>(*running);
  row.percent = *percent;
  return row;
}

/// perf's columns before the count: a time with -I; then CPU, core or socket with -A and
/// --per-socket, the latter with a number of CPUs.
std::optional<PerfRow> ParseRow(const std::vector<std::string>& fields) {
  for (std::size_t at = 0; at < std::min<std::size_t>(fields.size(), 4); ++at) {
    auto row = RowAt(fields, at);
    if (!row) continue;
    std::size_t next = 0;
    if (at > 0 && ParseReal(fields[0])) row->time = ParseReal(fields[next++]);
    if (next < at && IsPlace(fields[next])) row->place = fields[next++];
    if (next < at && ParseUnsigned(fields[next])) ++next;
    if (next == at) return row;
  }
  return std::nullopt;
}

/// Separators that a line may have: what stands between its first number and the next field.
std::vector<std::string> Candidates(std::string_view line) {
  const auto number = line.find_first_of("0123456789<");
  if (number == std::string_view::npos) return {};
  auto begin = line[number] == '<' ? line.find('>', number) : number;
  if (begin == std::string_view::npos) return {};
  if (line[begin] == '>') ++begin;
  while (begin < line.size() && (IsDigit(line[begin]) || line[begin] == '.')) ++begin;
  std::vector<std::string> candidates;
  for (auto end = begin; end < line.size() && !IsDigit(line[end]) && !IsLetter(line[end]) &&
                         line[end] != '<' && end < begin + 8;
       ++end) {
    candidates.emplace_back(line.substr(begin, end + 1 - begin));
  }
  return candidates;
}

std::string FindSeparator(std::string_view line) {
  for (const std::string& candidate : Candidates(line)) {
    if (ParseRow(Cut(line, candidate))) return candidate;
  }
  return {};
}

}  // namespace

Result<PerfText> ParsePerfText(std::string_view text) {
  PerfText parsed;
  std::size_t number = 0;
  bool last_bad = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    if (parsed.separator.empty()) parsed.separator = FindSeparator(line);
    auto row = parsed.separator.empty() ? std::nullopt : ParseRow(Cut(line, parsed.separator));
    last_bad = !row;
    if (row) {
      parsed.rows.push_back(*std::move(row));
    } else if (parsed.bad_lines++ == 0) {
      parsed.first_bad = number;
    }
  }
  if (parsed.rows.empty()) {
    return Error{ErrorCode::kBadInput, "no line is output of perf stat -x",
                 "record with: perf stat -I 1000 -x'|' -e EVENTS -o FILE -- COMMAND"};
  }
  parsed.last_line_cut = last_bad;
  return parsed;
}

Result<PerfText> ReadPerfFile(const std::filesystem::path& path) {
  const auto text = ReadText(path);
  if (!text) {
    return Error{ErrorCode::kNotFound, fmt::format("cannot read {}", path.string()),
                 "give a file that perf stat -x wrote"};
  }
  auto parsed = ParsePerfText(*text);
  if (parsed) return parsed;
  return Error{parsed.error().code, fmt::format("{}: {}", path.string(), parsed.error().message),
               parsed.error().remedy};
}

}  // namespace pmubench
