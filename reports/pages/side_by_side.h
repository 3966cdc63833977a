// The reports of several machine classes side by side. Pure functions; deterministic.
#pragma once

#include <string>
#include <vector>

#include "reports/pages/report.h"

namespace pmubench::pages {

/// One column.
struct ClassReport {
  std::string machine_class;
  std::string kind;  ///< fingerprint of its machines; "" where nothing was measured
  Report report;
};

struct SideBySide {
  std::string title;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::string> notes;  ///< lost tasks, wrong clocks: what a reader has to know
  std::vector<ClassReport> classes;
};

/// How many benchmarks of all classes have this verdict.
[[nodiscard]] std::size_t CountOf(const SideBySide& page, Verdict verdict);

[[nodiscard]] std::string SideBySideText(const SideBySide& page, bool colour);
[[nodiscard]] std::string SideBySideMarkdown(const SideBySide& page);
/// One self-contained file; each class's own page is linked where `links` names its file.
[[nodiscard]] std::string SideBySideHtml(const SideBySide& page,
                                         const std::vector<std::string>& links);
[[nodiscard]] std::string SideBySideJson(const SideBySide& page);

}  // namespace pmubench::pages
