// The output of `perf stat -x SEPARATOR`, with or without -I and -A, as rows.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// One line of perf's: what one event counted in one interval at one place.
struct PerfRow {
  std::optional<double> time;   ///< seconds since the start (perf stat -I)
  std::string place;            ///< "CPU0", "S1" (-A, --per-socket); else empty
  std::optional<double> count;  ///< scaled by perf; nullopt: "<not counted>" and the like
  std::string why_not;          ///< why there is no count
  std::string unit;             ///< "MiB", "ns", or empty
  std::string event;            ///< as perf names it, commas and all
  double running_ns = 0;        ///< that the event was on a counter
  double percent = 100;         ///< of the time the event was on a counter
};

struct PerfText {
  std::vector<PerfRow> rows;
  std::string separator;
  std::size_t bad_lines = 0;   ///< neither a row nor a comment
  std::size_t first_bad = 0;   ///< its number, from 1
  bool last_line_cut = false;  ///< the file ends within a row
};

/// Reads perf's text, finding out the separator. kBadInput where no line is a row.
[[nodiscard]] Result<PerfText> ParsePerfText(std::string_view text);

/// The same from a file; errors name it.
[[nodiscard]] Result<PerfText> ReadPerfFile(const std::filesystem::path& path);

}  // namespace pmubench
