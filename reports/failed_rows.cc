#include "reports/failed_rows.h"

#include <nlohmann/json.hpp>

namespace pmubench {

std::vector<FailedRow> FailedRows(const Record& record) {
  std::vector<FailedRow> failed;
  for (const RecordRow& row : record.rows) {
    const auto fields = nlohmann::json::parse(row.fields_json, nullptr, /*allow_exceptions=*/false);
    if (!fields.is_object() || !fields.value("error_occurred", false)) continue;
    FailedRow one{fields.value("name", ""), fields.value("error_message", "")};
    if (failed.empty() || failed.back().name != one.name) failed.push_back(std::move(one));
  }
  return failed;
}

}  // namespace pmubench
