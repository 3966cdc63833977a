// Why a benchmark became slower or faster: which factor of time, which part of the core, which
// counters. Pure functions of a comparison.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/analysis/iron_law.h"
#include "reports/compare/compare.h"

namespace pmubench::compare {

/// The iron law's ratios as measured; cpi also from ipc, or from cycles and instructions. Split()
/// gives each factor's part of the change.
[[nodiscard]] IronLawRatios RatiosOf(const BenchmarkComparison& benchmark);

/// A share of issue slots that moved.
struct BucketMove {
  std::string metric;  ///< "backend_bound"
  std::string unit;
  double base = 0;
  double now = 0;
};

/// The first-level top-down share that grew most where the benchmark became slower, shrank most
/// where it became faster. Nothing where no share was measured.
[[nodiscard]] std::optional<BucketMove> MovedBucket(const BenchmarkComparison& benchmark);

/// Metrics that are shown to differ, the largest ratio first; without time, iron law and top-down.
[[nodiscard]] std::vector<const MetricComparison*> Movers(const BenchmarkComparison& benchmark,
                                                          std::size_t most);

/// One sentence: "3.1 % slower (2.2 to 4.0 %): instructions -0.1 %, cycles/instruction +3.2 %;
/// backend_bound 20.1 -> 31.5 % of slots; llc_mpki +31 %". "" without gate metrics.
[[nodiscard]] std::string Explain(const BenchmarkComparison& benchmark);

/// "+3.1 %", with digits for two figures of the change; "x12.3" from a factor of 10.
[[nodiscard]] std::string FormatChange(double ratio);

}  // namespace pmubench::compare
