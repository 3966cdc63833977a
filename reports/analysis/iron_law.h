// The iron law: time = instructions x cycles per instruction x time of a cycle, and how two runs
// differ in each factor.
#pragma once

#include <array>
#include <optional>

#include "pmubench/result.h"
#include "reports/analysis/metric_table.h"

namespace pmubench {

/// The factors of the CPU time of one iteration.
struct IronLaw {
  double time_ns = 0;
  double instructions = 0;
  double cpi = 0;       ///< cycles/instruction
  double cycle_ns = 0;  ///< CPU time for each counted cycle
};

/// The factors of a benchmark, so that their product is its CPU time. Needs the metrics
/// `instructions` and `cpi`, `ipc` or `cycles`; the error (kNotFound) names what is
/// missing. Where user space alone was counted, `cycle_ns` holds the kernel's time too.
[[nodiscard]] Result<IronLaw> IronLawOf(const AnalysisInput& table);

/// One factor's part of a change.
struct FactorChange {
  const char* name = "";  ///< "instructions", "CPI", "cycle time"
  double ratio = 1;       ///< after / before
  double time_ns = 0;     ///< its part of the change of time; the three add up to it
  double points = 0;      ///< the same in percent of the time before
};

struct IronLawChange {
  double time_ratio = 1;
  double time_ns = 0;  ///< after - before
  std::array<FactorChange, 3> factors;
};

/// How time and its factors differ, as ratios after / before. What was not measured is absent.
struct IronLawRatios {
  std::optional<double> time;
  std::optional<double> instructions;
  std::optional<double> cpi;
  std::optional<double> frequency;
  /// time / (instructions * cpi / frequency): what the three do not explain, e.g. waiting.
  [[nodiscard]] std::optional<double> rest() const;
};

/// Parts by the logarithmic mean (Ang's LMDI): L(t1, t0) * ln(f1 / f0). They add up to the change
/// whatever its size, and do not depend on an order of factors. The cycle time is what makes the
/// product the time: 1 / frequency, and the rest. Nothing where time, instructions or CPI is not
/// known and above 0.
[[nodiscard]] std::optional<IronLawChange> Split(const IronLawRatios& ratios,
                                                 double time_before_ns);

/// The same for two runs.
[[nodiscard]] IronLawChange Compare(const IronLaw& before, const IronLaw& after);

}  // namespace pmubench
