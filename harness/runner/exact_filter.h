// Google Benchmark chooses benchmarks by a regular expression; this makes one for exact names.
#pragma once

#include <string>
#include <vector>

namespace pmubench {

/// An anchored regular expression (for --benchmark_filter) that matches these names alone.
[[nodiscard]] std::string ExactFilter(const std::vector<std::string>& names);

}  // namespace pmubench
