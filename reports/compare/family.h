// Metrics that are tested together, so that their false alarms are bounded together.
#pragma once

#include <string>
#include <vector>

#include "reports/compare/compare.h"

namespace pmubench::compare {

struct FamilyMember {
  const std::string* benchmark;
  MetricComparison* metric;  ///< name, kind and gate are set; the rest is filled in
  const std::vector<double>* base;
  const std::vector<double>* now;
};

/// Weighs each member's launches, corrects for their number (Benjamini-Hochberg) and decides.
void Judge(const std::vector<FamilyMember>& family, const CompareOptions& options);

}  // namespace pmubench::compare
