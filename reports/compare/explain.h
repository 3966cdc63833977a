// Why a benchmark became slower or faster: which factor of time, which part of the core, which
// counters. Pure functions of a comparison.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/compare/compare.h"

namespace pmubench::compare {

/// time = instructions * cycles/instruction / frequency (Patterson and Hennessy's "iron law"), each
/// as a ratio of new by base. A factor that was not measured is absent.
struct IronLaw {
  std::optional<double> time;
  std::optional<double> instructions;
  std::optional<double> cpi;
  std::optional<double> frequency;
  /// time / (instructions * cpi / frequency): what the three do not explain, e.g. waiting.
  std::optional<double> rest;
};

/// Ratios as measured; cpi also from ipc, or from cycles and instructions.
[[nodiscard]] IronLaw SplitTime(const BenchmarkComparison& benchmark);

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
