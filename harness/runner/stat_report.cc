#include "runner/stat_report.h"

#include <utility>

namespace pmubench {
namespace {

std::map<std::string, Value> Quantities(const MeasurementPlan& plan, TargetKind kind,
                                        double wall_ns, double cpu_ns) {
  const Value cpu = kind == TargetKind::kCpus
                        ? Value{std::nullopt, "whole CPUs are counted, busy or idle"}
                        : Value{cpu_ns, ""};
  return {{"iterations", {1.0, ""}},  // the stretch of time itself
          {"wall_ns", {wall_ns, ""}},
          {"cpu_ns", cpu},
          {"counted_ns",
           plan.counts_kernel
               ? cpu
               : Value{std::nullopt, "user space alone is counted: --kernel counts all"}}};
}

/// A stretch of time has no iterations: "faults/iteration" is just "faults".
std::string WithoutIterations(std::string unit) {
  constexpr std::string_view kPerIteration = "/iteration";
  if (unit.ends_with(kPerIteration)) unit.resize(unit.size() - kPerIteration.size());
  return unit;
}

}  // namespace

StatBook::StatBook(const MeasurementPlan& plan, TurnLayout layout, TargetKind kind)
    : plan_(&plan), layout_(std::move(layout)), kind_(kind), all_(layout_) {}

void StatBook::Add(const std::vector<TargetTurn>& turns,
                   const std::vector<StatTargets::Thread>& threads, std::size_t round) {
  all_.Add(SumOf(turns), round);
  threads_.resize(threads.size(), TurnTotals(layout_));
  for (std::size_t i = 0; i < threads.size(); ++i) {
    if (threads[i].target < turns.size()) threads_[i].Add(turns[threads[i].target], round);
  }
}

StatPart StatBook::Evaluate(const TurnTotals& totals, double wall_ns) const {
  StatPart part;
  const auto quantities = Quantities(*plan_, kind_, wall_ns, totals.time_ns());
  std::vector<MetricValue> values = plan_->Evaluate(totals.Measurements(quantities));
  for (std::size_t m = 0; m < values.size(); ++m) {
    const CatalogueMetric& metric = plan_->metrics[m];
    StatMetric result{std::move(values[m]), std::nullopt};
    result.value.unit = WithoutIterations(std::move(result.value.unit));
    if (result.value.value.number) {
      result.interval = totals.IntervalOf(metric, quantities);
    } else if (std::string reason = totals.NoTurnReason(metric); !reason.empty()) {
      result.value.value.reason = std::move(reason);
    }
    part.metrics.push_back(std::move(result));
  }
  part.groups = totals.groups();
  return part;
}

StatReport StatBook::Report(double from_s, double to_s,
                            const std::vector<StatTargets::Thread>& threads) const {
  StatReport report;
  report.from_s = from_s;
  report.to_s = to_s;
  const double wall_ns = (to_s - from_s) * 1e9;
  if (kind_ != TargetKind::kCpus) report.cpu_s = all_.time_ns() * 1e-9;
  report.all = Evaluate(all_, wall_ns);
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    StatPart part = Evaluate(threads_[i], wall_ns);
    part.name = threads[i].name;
    part.tid = threads[i].tid;
    if (threads_[i].time_ns() > 0) report.threads.push_back(std::move(part));
  }
  return report;
}

}  // namespace pmubench
