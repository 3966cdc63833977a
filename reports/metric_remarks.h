// What speaks against metrics, in lines for people: the same wherever metrics are shown.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace pmubench {

/// Metrics, by name, that cannot be had or believed, each with why.
struct MetricDoubts {
  std::map<std::string, std::string> missing;  ///< has no value
  std::map<std::string, std::string> wrong;    ///< has one that is not to be trusted
};

/// "no value: a, b: REASON" and "not to be trusted: c: REASON". Metrics that share a reason share a
/// line.
[[nodiscard]] std::vector<std::string> MetricRemarks(const MetricDoubts& doubts);

}  // namespace pmubench
