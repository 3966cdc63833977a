// Inline SVG pictures that need no script.
#pragma once

#include <string>
#include <vector>

#include "reports/pages/report.h"

namespace pmubench::pages {

/// A line of about 600 bytes for a table. `label`: what it shows, in words.
[[nodiscard]] std::string Sparkline(const Series& series, const std::string& label);

/// A larger picture with the band and the change points marked.
[[nodiscard]] std::string HistoryPicture(const Series& series, const std::string& label);

struct Share {
  std::string name;
  double percent = 0;
};

/// One bar of shares that add up to 100 %.
[[nodiscard]] std::string StackedBar(const std::vector<Share>& shares, const std::string& label);

/// How much of what is attainable is used.
[[nodiscard]] std::string Gauge(double used, double attainable, const std::string& label);

}  // namespace pmubench::pages
