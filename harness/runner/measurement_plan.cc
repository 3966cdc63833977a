#include "runner/measurement_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>

#include <set>

#include "catalogue/encode.h"
#include "catalogue/load.h"
#include "catalogue/problem_for.h"
#include "platform/cpu.h"
#include "platform/pmu.h"

namespace pmubench {
namespace {

bool IsSoftware(const EventEncoding& event) { return event.type == PERF_TYPE_SOFTWARE; }

/// Opens an event alone: the kernel's own word on whether it can be counted.
Result<void> TryEvent(Kernel& kernel, const EventEncoding& event, const Permissions& permissions) {
  const CounterOptions options{
      .exclude_kernel = !IsSoftware(event) || !permissions.may_count_kernel()};
  auto group =
      CounterGroup::Open(kernel, {event}, CounterTarget::CallingThread(), options, permissions);
  if (!group) return group.error();
  // With exclude_kernel these two open and stay 0: the kernel itself is where they happen.
  const bool kernel_only = IsSoftware(event) && (event.config == PERF_COUNT_SW_CONTEXT_SWITCHES ||
                                                 event.config == PERF_COUNT_SW_CPU_MIGRATIONS);
  if (kernel_only && options.exclude_kernel) {
    return Error{ErrorCode::kNotPermitted,
                 fmt::format("{} happens in the kernel, which may not be counted here", event.name),
                 permissions.RemedyForKernel()};
  }
  return {};
}

/// The event to probe with: retired branches or the like; it has no dedicated counter anywhere.
const CatalogueEvent* ProbeEvent(const Catalogue& catalogue) {
  const CatalogueEvent* fallback = nullptr;
  for (const CatalogueEvent& event : catalogue.events) {
    if (!event.pmu.empty() || !event.dedicated.empty()) continue;
    if (event.probe) return &event;
    if (fallback == nullptr) fallback = &event;
  }
  return fallback;
}

}  // namespace

std::vector<MetricValue> MeasurementPlan::Evaluate(
    const std::vector<Measurement>& measurements) const {
  std::vector<MetricValue> values;
  values.reserve(metrics.size());
  for (const CatalogueMetric& metric : metrics) {
    values.push_back(EvaluateMetric(metric, measurements, missing));
  }
  return values;
}

Result<MeasurementPlan> PrepareMeasurement(const MeasurementRequest& request, Kernel& kernel) {
  return Error{};
}

}  // namespace pmubench
