// Intervals of bandwidth as text, CSV or a JSON document a line.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "bandwidth/attainable.h"
#include "bandwidth/meter.h"
#include "bandwidth/sources.h"

namespace pmubench {

/// null where there is none.
[[nodiscard]] nlohmann::ordered_json JsonOf(const std::optional<double>& value);
/// "read_bytes_per_s", "write_bytes_per_s", "total_bytes_per_s".
void AddRates(const Rates& rates, nlohmann::ordered_json* json);
/// "read_bytes", "write_bytes", "total_bytes".
void AddBytes(const Moved& moved, nlohmann::ordered_json* json);
/// "12.345" in GB/s, "-" where there is none.
[[nodiscard]] std::string GigabytesCell(const std::optional<double>& rate);

/// Prints intervals as they come, and the whole at the end.
class BandwidthPrinter {
 public:
  /// `left_out`: counters that could not be opened. `format`: text, csv or json.
  BandwidthPrinter(std::string format, const ListedSource& source, std::size_t left_out,
                   const Attainable& attainable);

  void Head() const;
  /// `end`: seconds since the start. `whole`: the interval is the whole run.
  void Print(double end, const MeterInterval& interval, bool whole) const;

 private:
  [[nodiscard]] bool Incomplete(const MeterInterval& interval) const;
  void Line(double end, const std::string& socket, const Moved& moved,
            const MeterInterval& interval) const;
  void PrintJson(double end, const MeterInterval& interval, bool whole) const;

  const std::string format_;
  const ListedSource& source_;
  const std::size_t left_out_;
  const Attainable attainable_;
};

}  // namespace pmubench
