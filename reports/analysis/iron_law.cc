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

std::optional<double> IronLawRatios::rest() const {
  if (!time || !instructions || !cpi) return std::nullopt;
  return *time / (*instructions * *cpi / frequency.value_or(1));
}

std::optional<IronLawChange> Split(const IronLawRatios& ratios, double time_before_ns) {
  const auto rest = ratios.rest();
  const bool positive = rest && *rest > 0 && std::isfinite(*rest) && *ratios.time > 0 &&
                        *ratios.instructions > 0 && *ratios.cpi > 0;
  if (!positive) return std::nullopt;
  IronLawChange change;
  change.time_ratio = *ratios.time;
  change.time_ns = time_before_ns * (*ratios.time - 1);
  const double mean = time_before_ns * LogarithmicMean(1, *ratios.time);
  const auto part = [&](const char* name, double ratio) {
    const double time = mean * std::log(ratio);
    return FactorChange{name, ratio, time, 100 * time / time_before_ns};
  };
  change.factors = {part("instructions", *ratios.instructions), part("CPI", *ratios.cpi),
                    part("cycle time", *ratios.time / (*ratios.instructions * *ratios.cpi))};
  return change;
}

IronLawChange Compare(const IronLaw& before, const IronLaw& after) {
  IronLawChange change =
      Split({after.time_ns / before.time_ns, after.instructions / before.instructions,
             after.cpi / before.cpi, before.cycle_ns / after.cycle_ns},
            before.time_ns)
          .value_or(IronLawChange{});
  change.time_ns = after.time_ns - before.time_ns;
  return change;
}

}  // namespace pmubench
