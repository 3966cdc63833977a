// A report as the pages and files that people and programs read. Pure functions; deterministic.
#pragma once

#include <string>

#include "reports/pages/report.h"

namespace pmubench::pages {

/// For a terminal. `colour`: ANSI colours.
[[nodiscard]] std::string ConsolePage(const Report& report, bool colour);

/// For a pull request: regressions first, the rest folded, names cut to a fixed width. At most
/// `rows` rows a section, so that one comment holds it (GitHub takes 65,536 characters).
[[nodiscard]] std::string MarkdownPage(const Report& report, std::size_t rows = 40);

/// JUnit XML: a test case a benchmark; a regression is a failure, a benchmark that was not
/// measured an error, an inconclusive one or one that moved with the environment is skipped with a
/// message.
[[nodiscard]] std::string JUnitPage(const Report& report);

/// JSON of schema/report-1.0.json.
[[nodiscard]] std::string JsonPage(const Report& report);

/// OpenMetrics text of the latest values, for a Prometheus to scrape.
[[nodiscard]] std::string OpenMetricsPage(const Report& report);

struct HtmlOptions {
  std::size_t cards = 150;  ///< at most so many benchmarks in full without JavaScript
};

/// One self-contained file.
[[nodiscard]] std::string HtmlPage(const Report& report, const HtmlOptions& options = {});

}  // namespace pmubench::pages
