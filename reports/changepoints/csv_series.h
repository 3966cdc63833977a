// A series from a CSV file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"

namespace pmubench::changepoints {

struct CsvSeries {
  std::string column;          ///< the header of the values
  std::vector<double> values;  ///< NaN for an empty field, "null", "NaN" and infinities
};

/// Reads the column `column` of CSV `text` with a header line (RFC 4180: quoted fields, doubled
/// quotes). Without a name: the column `value`, else the second of two, else the only one. Fails
/// on a missing column, on rows with too few fields and on fields that are not numbers, with
/// the line in the message. `name` names the text in messages.
[[nodiscard]] Result<CsvSeries> ParseCsvSeries(std::string_view text, std::string_view column,
                                               std::string_view name);

}  // namespace pmubench::changepoints
