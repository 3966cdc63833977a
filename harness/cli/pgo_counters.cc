#include "cli/pgo_counters.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "runner/stat.h"

namespace pmubench {
namespace {

/// The names that the catalogue has for this core: Neoverse N1, for one, counts no taken branches.
std::vector<std::string> KnownHere(const std::vector<std::string>& names, Kernel& kernel) {
  std::vector<std::string> known;
  for (const std::string& name : names) {
    MeasurementRequest request;
    request.metrics = {name};
    if (PrepareMeasurement(request, kernel)) known.push_back(name);
  }
  return known;
}

}  // namespace

const std::vector<std::string>& FrontEndMetricNames() {
  static const std::vector<std::string> names = {"frontend_bound", "l1i_mpki", "itlb_mpki",
                                                 "branch_mpki", "taken_branches_pki"};
  return names;
}

Result<FrontEndCounter> FrontEndCounter::Prepare(Kernel& kernel) {
  MeasurementRequest request;
  request.metrics = FrontEndMetricNames();
  auto plan = PrepareMeasurement(request, kernel);
  if (!plan) {
    request.metrics = KnownHere(request.metrics, kernel);
    if (request.metrics.empty()) return plan.error();
    plan = PrepareMeasurement(request, kernel);
    if (!plan) return plan.error();
  }
  FrontEndCounter counter(kernel, std::move(*plan));
  for (const CatalogueMetric& metric : counter.plan_.metrics) {
    const bool missing =
        metric.events.empty() ||
        std::any_of(metric.events.begin(), metric.events.end(), [&](const std::string& event) {
          return counter.plan_.missing.contains(event);
        });
    if (!missing) counter.units_[metric.name] = metric.unit;
  }
  if (!counter.units_.empty()) return counter;
  return Error{ErrorCode::kNoPmu,
               fmt::format("no front-end metric can be counted here ({})",
                           fmt::join(DescribeMissing(counter.plan_), "; ")),
               "`pmubench doctor` says what can"};
}

Result<std::map<std::string, double>> FrontEndCounter::Count(const std::string& command) const {
  StatRequest request;
  request.command = {"/bin/sh", "-c", "{ " + command + "\n} > /dev/null 2>&1 < /dev/null"};
  auto end = RunStat(request, plan_, *kernel_, {});
  if (!end) return end.error();
  std::map<std::string, double> values;
  for (const StatMetric& metric : end->total.all.metrics) {
    if (metric.value.value.number) values[metric.value.name] = *metric.value.value.number;
  }
  return values;
}

}  // namespace pmubench
