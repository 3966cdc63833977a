// What the HTML report's script draws from, as small as it can be.
#pragma once

#include <string>
#include <vector>

#include "reports/pages/report.h"

namespace pmubench::pages {

/// Numbers as two characters each of 90: 8,099 steps between the smallest and the largest, "~~"
/// for a missing one. A year of nights is 730 bytes.
struct PackedSeries {
  double low = 0, high = 0;
  std::string text;
};
[[nodiscard]] PackedSeries PackSeries(const std::vector<double>& values);

/// JSON for a <script type="application/json">: nothing in it can end the element. `order` is the
/// order of the table's rows.
[[nodiscard]] std::string ReportData(const Report& report, const std::vector<std::size_t>& order);

}  // namespace pmubench::pages
