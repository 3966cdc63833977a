#include "reports/analysis/iron_law.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace pmubench {
namespace {

Error Missing(const AnalysisInput& table, const char* name) {
  const TableMetric* metric = table.Find(name);
  const std::string reason = metric == nullptr ? "was not measured" : metric->reason;
  return {ErrorCode::kNotFound, fmt::format("no iron law: {}: {}", name, reason),
          "measure the metrics instructions and cpi"};
}

std::optional<double> Cpi(const AnalysisInput& table, double instructions) {
  if (const auto cpi = table.Number("cpi")) return cpi;
  if (const auto ipc = table.Number("ipc"); ipc && *ipc > 0) return 1 / *ipc;
  if (const auto cycles = table.Number("cycles")) return *cycles / instructions;
  return std::nullopt;
}

/// (b - a) / ln(b / a), and a where the two are equal.
double LogarithmicMean(double a, double b) {
  const double x = b / a - 1;
  // The series of x / ln(1 + x): the quotient loses digits near 0.
  if (std::abs(x) < 1e-4) return a * (1 + x / 2 - x * x / 12);
  return (b - a) / (std::abs(x) < 0.5 ? std::log1p(x) : std::log(b / a));
}

}  // namespace

Result<IronLaw> IronLawOf(const AnalysisInput& table) {
  const auto instructions = table.Number("instructions");
  if (!instructions || *instructions <= 0) return Missing(table, "instructions");
  const auto cpi = Cpi(table, *instructions);
  if (!cpi || *cpi <= 0) return Missing(table, "cpi");
  if (!table.cpu_ns || *table.cpu_ns <= 0) {
    return Error{ErrorCode::kNotFound, "no iron law: the record has no CPU time of an iteration",
                 ""};
  }
  return IronLaw{*table.cpu_ns, *instructions, *cpi, *table.cpu_ns / (*instructions * *cpi)};
}

IronLawChange Compare(const IronLaw& before, const IronLaw& after) {
  IronLawChange change;
  change.time_ratio = after.time_ns / before.time_ns;
  change.time_ns = after.time_ns - before.time_ns;
  const double mean = LogarithmicMean(before.time_ns, after.time_ns);
  const auto part = [&](const char* name, double from, double to) {
    const double time = mean * std::log(to / from);
    return FactorChange{name, to / from, time, 100 * time / before.time_ns};
  };
  change.factors = {part("instructions", before.instructions, after.instructions),
                    part("CPI", before.cpi, after.cpi),
                    part("cycle time", before.cycle_ns, after.cycle_ns)};
  return change;
}

}  // namespace pmubench
