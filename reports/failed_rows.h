// Which benchmarks of a record ended with an error of their own (SkipWithError).
#pragma once

#include <string>
#include <vector>

#include "reports/record.h"

namespace pmubench {

struct FailedRow {
  std::string name;
  std::string message;
};

/// Each benchmark once, in the record's order.
[[nodiscard]] std::vector<FailedRow> FailedRows(const Record& record);

}  // namespace pmubench
