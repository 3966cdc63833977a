#include "bandwidth/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pmubench {
namespace {

std::optional<double> Ratio(std::optional<double> measured, double expected) {
  if (!measured || expected <= 0) return std::nullopt;
  return *measured / expected;
}

/// The share of written lines that were read before, seen in reads or, where a source has no
/// direction, in the total.
std::optional<double> AllocatedShare(const KernelRun& run) {
  const TeamTraffic& program = run.program;
  if (program.allocated <= 0) return std::nullopt;
  if (run.measured.read) return (*run.measured.read - program.read) / program.allocated;
  if (!run.measured.total) return std::nullopt;
  return (*run.measured.total - program.read - program.write) / program.allocated;
}

}  // namespace

KernelCheck JudgeKernel(const KernelRun& run, double tolerance) {
  KernelCheck check;
  check.allocated = AllocatedShare(run);
  check.allocates = check.allocated.value_or(0) > 0.5;
  const double read = run.program.read + (check.allocates ? run.program.allocated : 0);
  check.read_ratio = Ratio(run.measured.read, read);
  check.write_ratio = Ratio(run.measured.write, run.program.write);
  check.total_ratio = Ratio(run.measured.total, read + run.program.write);
  double worst = 0;
  for (const auto& ratio : {check.read_ratio, check.write_ratio, check.total_ratio}) {
    if (ratio) worst = std::max(worst, std::abs(*ratio - 1));
  }
  if (!check.read_ratio && !check.write_ratio && !check.total_ratio) {
    check.why = "the source does not tell what this kernel moves";
    return check;
  }
  if (run.incomplete) {
    check.why = "a counter was not counted: the bytes are a lower bound";
    return check;
  }
  check.verdict = worst <= tolerance ? CheckVerdict::kAgrees : CheckVerdict::kDiffers;
  check.why = fmt::format("off by {:.1f} % at most", 100 * worst);
  return check;
}

CheckVerdict JudgeSource(const std::vector<KernelCheck>& checks) {
  CheckVerdict verdict = CheckVerdict::kNotMeasured;
  for (const KernelCheck& check : checks) {
    if (check.verdict == CheckVerdict::kDiffers) return CheckVerdict::kDiffers;
    if (check.verdict == CheckVerdict::kAgrees) verdict = CheckVerdict::kAgrees;
  }
  return verdict;
}

const char* VerdictName(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::kAgrees:
      return "agrees";
    case CheckVerdict::kDiffers:
      return "differs";
    case CheckVerdict::kNotMeasured:
      break;
  }
  return "not measured";
}

double StreamBytes(const TeamTraffic& program) { return program.read + program.write; }

}  // namespace pmubench
