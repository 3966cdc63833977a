// Flags that `compare` and `ab` share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "reports/compare/compare.h"

namespace CLI {
class App;
}

namespace pmubench {

struct CompareFlags {
  double alpha = 0.05;
  std::vector<std::string> gates;
  std::map<std::string, double> floors;  ///< by the class's name; only those that were given
  bool allow_fingerprint_mismatch = false;
  bool strict = false;
  bool all = false;
  std::string history;         ///< a store that knows the noise from night to night; "": none
  std::string history_branch;  ///< only of this branch's runs

  [[nodiscard]] Result<compare::CompareOptions> Options() const;
};

/// --alpha, --gate, --floor-CLASS, --allow-fingerprint-mismatch, --strict, --all, --history.
void AddCompareFlags(CLI::App& verb, CompareFlags& flags);

}  // namespace pmubench
