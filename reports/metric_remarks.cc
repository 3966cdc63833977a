#include "reports/metric_remarks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pmubench {
namespace {

void AddLines(const std::map<std::string, std::string>& reasons, const char* what,
              std::vector<std::string>& lines) {
  std::map<std::string, std::vector<std::string>> metrics_by_reason;
  for (const auto& [metric, reason] : reasons) metrics_by_reason[reason].push_back(metric);
  for (const auto& [reason, metrics] : metrics_by_reason) {
    lines.push_back(fmt::format("{}: {}: {}", what, fmt::join(metrics, ", "), reason));
  }
}

}  // namespace

std::vector<std::string> MetricRemarks(const MetricDoubts& doubts) {
  std::vector<std::string> lines;
  AddLines(doubts.missing, "no value", lines);
  AddLines(doubts.wrong, "not to be trusted", lines);
  return lines;
}

}  // namespace pmubench
