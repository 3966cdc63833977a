// Google Benchmark chooses benchmarks by a regular expression; this makes one for exact names.
#pragma once

#include <string>
#include <vector>

namespace pmubench {

/// An anchored regular expression (for --benchmark_filter) that matches these names, as a record
/// has them, and no others - but those that differ only in bytes that are no UTF-8. "" for no
/// names.
[[nodiscard]] std::string ExactFilter(const std::vector<std::string>& names);

}  // namespace pmubench
