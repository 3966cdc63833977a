#include "reports/analysis/cpi_stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace pmubench {
namespace {

constexpr std::string_view kPrefix = "cpi_";

/// From the core outwards; a user's own cpi_* metric comes last.
constexpr std::array<std::string_view, 10> kOrder = {
    "cpi_base", "cpi_branch", "cpi_frontend", "cpi_backend", "cpi_l1",
    "cpi_l2",   "cpi_llc",    "cpi_memory",   "cpi_tlb",     "cpi_stores"};

std::ptrdiff_t Place(std::string_view name) {
  return std::find(kOrder.begin(), kOrder.end(), name) - kOrder.begin();
}

std::string ShortTitle(const std::string& name, const TableMetric& metric) {
  if (metric.title.starts_with("CPI: ")) return metric.title.substr(5);
  return metric.title.empty() ? name.substr(kPrefix.size()) : metric.title;
}

}  // namespace

Result<CpiStack> CpiStackOf(const AnalysisInput& table) {
  CpiStack stack;
  const auto cpi = table.Number("cpi");
  const auto ipc = table.Number("ipc");
  if (!cpi && !(ipc && *ipc > 0)) {
    return Error{ErrorCode::kNotFound, "no CPI stack: cpi was not measured",
                 "measure the metric cpi"};
  }
  stack.cpi = cpi ? *cpi : 1 / *ipc;
  stack.unattributed = stack.cpi;
  for (const auto& [name, metric] : table.metrics) {
    if (!name.starts_with(kPrefix)) continue;
    if (!metric.value) {
      stack.missing.push_back(fmt::format("{}: {}", name, metric.reason));
      continue;
    }
    const double percent = stack.cpi > 0 ? 100 * *metric.value / stack.cpi : 0;
    stack.parts.push_back({name, ShortTitle(name, metric), *metric.value, percent, metric.note});
    stack.unattributed -= *metric.value;
  }
  if (stack.parts.empty()) {
    return Error{ErrorCode::kNotFound, "no CPI stack: none of its parts was measured",
                 "measure the metric set cpi"};
  }
  std::stable_sort(stack.parts.begin(), stack.parts.end(), [](const CpiPart& a, const CpiPart& b) {
    return Place(a.name) < Place(b.name);
  });
  return stack;
}

}  // namespace pmubench
