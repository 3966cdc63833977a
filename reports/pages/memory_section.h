// What a report shows of memory: how near benchmarks came to the machine's peak, and bandwidth
// over size.
#pragma once

#include <string>

#include "reports/pages/report.h"

namespace pmubench::pages {

/// A gauge of what of the attainable bandwidth a benchmark used; "" where its record does not know
/// both. `name`: what the words over it begin with.
[[nodiscard]] std::string MemoryGauge(const BenchmarkReport& benchmark, const std::string& name);

/// The benchmarks nearest to the peak and the plots; "" where the report has neither.
[[nodiscard]] std::string MemorySection(const Report& report);

}  // namespace pmubench::pages
