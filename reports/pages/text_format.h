// Numbers and names as people read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/pages/report.h"
#include "reports/store/json_text.h"

namespace pmubench::pages {

/// "1.234 ms", "3.21 GB/s", "0.87 instructions/cycle": four significant digits, times and rates
/// scaled.
[[nodiscard]] std::string FormatValue(double value, std::string_view unit);

/// compare::FormatChange of a relative change: "+3.1 %"; "from 0" where there was nothing.
[[nodiscard]] std::string FormatChange(double change);

/// "100 %" only where it is 1.
[[nodiscard]] std::string FormatShare(double ratio);

using store::Printable;

[[nodiscard]] std::string EscapeHtml(std::string_view text);      ///< of Printable(text)
[[nodiscard]] std::string EscapeXml(std::string_view text);       ///< of Printable(text)
[[nodiscard]] std::string EscapeMarkdown(std::string_view text);  ///< for a cell of a table

/// "▁▂▅▇" of `width` characters; a blank for a stretch without values.
[[nodiscard]] std::string UnicodeSparkline(const std::vector<double>& values, std::size_t width);

/// `values` as medians of at most `count` stretches of equal length; NaN for an empty one.
[[nodiscard]] std::vector<double> Shrink(const std::vector<double>& values, std::size_t count);

[[nodiscard]] const char* VerdictName(Verdict verdict);    ///< "regression", for programs
[[nodiscard]] const char* CanaryName(CanaryState canary);  ///< "moved"
/// Differs in shape, not only in colour.
[[nodiscard]] const char* VerdictIcon(Verdict verdict);

}  // namespace pmubench::pages
