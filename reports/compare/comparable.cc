#include "reports/compare/comparable.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace pmubench::compare {

std::vector<FingerprintDifference> FingerprintDifferences(const std::vector<Launch>& base,
                                                          const std::vector<Launch>& now) {
  std::vector<FingerprintDifference> differences;
  const auto& reference = base.front().fingerprint;
  std::set<std::string> seen;
  const auto look = [&](const Launch& launch) {
    for (const auto& [field, value] : launch.fingerprint) {
      const auto at = reference.find(field);
      if (at == reference.end() || at->second == value || !seen.insert(field).second) continue;
      differences.push_back({field, at->second, value});
    }
  };
  for (const Launch& launch : base) look(launch);
  for (const Launch& launch : now) look(launch);
  return differences;
}

std::string Describe(const std::vector<FingerprintDifference>& differences) {
  std::string text;
  for (const auto& difference : differences) {
    text += fmt::format("{}{} '{}' against '{}'", text.empty() ? "" : ", ", difference.field,
                        difference.base, difference.now);
  }
  return text;
}

std::vector<std::string> Remarks(const std::vector<Launch>& base, const std::vector<Launch>& now) {
  std::vector<std::string> remarks;
  std::map<std::string, std::set<std::string>> values;
  MetricDoubts doubts;
  for (const auto* side : {&base, &now}) {
    for (const Launch& launch : *side) {
      for (const auto& [field, value] : launch.remarks) values[field].insert(value);
      doubts.missing.insert(launch.doubts.missing.begin(), launch.doubts.missing.end());
      doubts.wrong.insert(launch.doubts.wrong.begin(), launch.doubts.wrong.end());
      if (!launch.incomplete.empty()) {
        remarks.push_back(fmt::format("{} is {}", launch.source, launch.incomplete));
      }
    }
  }
  for (const auto& [field, seen] : values) {
    if (seen.size() > 1) {
      remarks.push_back(
          fmt::format("{} is not the same in all launches: {}", field, fmt::join(seen, ", ")));
    }
  }
  if (const auto types = values.find("library_build_type");
      types != values.end() && types->second.contains("debug")) {
    remarks.emplace_back("Google Benchmark was built as debug in some launches");
  }
  if (base.front().fingerprint.empty() || now.front().fingerprint.empty()) {
    remarks.emplace_back("no machine is named: whether both sides ran on the same is unknown");
  }
  for (std::string& line : MetricRemarks(doubts)) remarks.push_back(std::move(line));
  return remarks;
}

}  // namespace pmubench::compare
