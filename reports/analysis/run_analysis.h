// All of the analysis of one benchmark, or of the same benchmark in two runs, for people and as
// JSON.
#pragma once

#include <string>

#include "reports/analysis/bottleneck.h"
#include "reports/analysis/cpi_stack.h"
#include "reports/analysis/iron_law.h"
#include "reports/analysis/metric_table.h"
#include "reports/analysis/topdown.h"

namespace pmubench {

/// Text with a line a figure; what cannot be said stands there with its reason.
[[nodiscard]] std::string AnalysisText(const std::string& name, const AnalysisInput& table);
[[nodiscard]] std::string ChangeText(const std::string& name, const AnalysisInput& before,
                                     const AnalysisInput& after);

/// JSON objects of the same.
[[nodiscard]] std::string AnalysisJson(const std::string& name, const AnalysisInput& table);
[[nodiscard]] std::string ChangeJson(const std::string& name, const AnalysisInput& before,
                                     const AnalysisInput& after);

}  // namespace pmubench
