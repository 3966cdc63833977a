#include "runner/measurement_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>

#include <algorithm>
#include <set>

#include "catalogue/encode.h"
#include "planner/problem_for.h"
#include "platform/cpu_list.h"
#include "platform/pmu.h"
#include "runner/catalogue_here.h"
#include "runner/core_counters.h"
#include "validate/verdict_file.h"

namespace pmubench {
namespace {

bool IsSoftware(const EventEncoding& event) { return event.type == PERF_TYPE_SOFTWARE; }

/// Opens an event alone, or with the one that must lead its group: the kernel's own word on
/// whether it can be counted.
Result<void> TryEvent(Kernel& kernel, const EventEncoding& event,
                      const std::vector<EventEncoding>& group_of_event,
                      const MeasurementPlan& plan) {
  const CounterOptions options{.exclude_kernel = IsSoftware(event)
                                                     ? !plan.permissions.may_count_kernel()
                                                     : !plan.counts_kernel};
  auto group = CounterGroup::Open(kernel, group_of_event, CounterTarget::CallingThread(), options,
                                  plan.permissions);
  if (!group) return group.error();
  // With exclude_kernel these two open and stay 0: the kernel itself is where they happen.
  const bool kernel_only = IsSoftware(event) && (event.config == PERF_COUNT_SW_CONTEXT_SWITCHES ||
                                                 event.config == PERF_COUNT_SW_CPU_MIGRATIONS);
  if (kernel_only && options.exclude_kernel) {
    return Error{ErrorCode::kNotPermitted,
                 fmt::format("{} happens in the kernel, and perf_event_paranoid {} forbids to "
                             "count there",
                             event.name, plan.permissions.paranoid.value_or(2)),
                 "sysctl -w kernel.perf_event_paranoid=1, or run with CAP_PERFMON"};
  }
  return {};
}

bool HasMissing(const CatalogueMetric& metric, const std::map<std::string, std::string>& missing) {
  return std::any_of(metric.events.begin(), metric.events.end(),
                     [&](const std::string& event) { return missing.contains(event); });
}

/// Events that `pmubench validate` found dead are not counted; those that count wrong are noted.
void ApplyVerdicts(const MeasurementRequest& request, const std::string& core,
                   MeasurementPlan& plan) {
  const auto verdicts =
      ReadVerdicts(request.state.empty() ? StateFolder() : request.state, request.root, core);
  if (verdicts) {
    Distrust distrust = DistrustOf(*verdicts);
    plan.missing.merge(distrust.dead);
    plan.wrong = std::move(distrust.wrong);
  } else if (verdicts.error().code != ErrorCode::kNotFound) {
    plan.remarks.push_back("the verdicts on events are not used: " + verdicts.error().ToString());
  }
}

/// Events are of one core PMU: on a machine with several, what runs elsewhere is not counted.
void NameTheCores(const std::vector<PmuDevice>& pmus, int cpu, MeasurementPlan& plan) {
  const auto core = CorePmu(pmus, cpu);
  const auto others = OtherCorePmus(pmus, cpu);
  bool hardware = false;
  for (const auto& pass : plan.passes) {
    hardware |= !std::all_of(pass.begin(), pass.end(), IsSoftware);
  }
  if (!core || others.empty() || !hardware) return;
  plan.cpus = core->cpus;
  std::vector<std::string> elsewhere;
  for (const PmuDevice& pmu : others) {
    elsewhere.push_back(fmt::format("{} (CPUs {})", pmu.name, FormatCpuList(pmu.cpus)));
  }
  plan.remarks.push_back(fmt::format(
      "this machine has several kinds of cores: hardware events are counted on {} (CPUs {}), where "
      "pmubench was started, not on {}; `taskset -c LIST pmubench ...` chooses, and keeps what is "
      "measured on one kind",
      core->name, FormatCpuList(core->cpus), fmt::join(elsewhere, ", ")));
}

}  // namespace

std::vector<MetricValue> MeasurementPlan::Evaluate(
    const std::vector<Measurement>& measurements) const {
  std::vector<Measurement> completed = measurements;
  for (Measurement& measurement : completed) {
    // CPU time includes the kernel's share: cycles of user space alone over it are no frequency.
    measurement.quantities["counted_ns"] =
        counts_kernel ? measurement.quantities["cpu_ns"]
                      : Value{std::nullopt, "user space alone is counted: --kernel counts all"};
  }
  std::vector<MetricValue> values;
  values.reserve(metrics.size());
  for (const CatalogueMetric& metric : metrics) {
    MetricValue& value = values.emplace_back(EvaluateMetric(metric, completed, missing));
    for (const std::string& event : metric.events) {
      const auto found = wrong.find(event);
      if (value.value.number && found != wrong.end() && value.note.empty()) {
        value.note = found->second;
      }
    }
  }
  return values;
}

Result<MeasurementPlan> PrepareMeasurement(const MeasurementRequest& request, Kernel& kernel) {
  const int cpu = std::max(sched_getcpu(), 0);
  auto catalogue = LoadCatalogueFor("", request.catalogue_file, request.root);
  if (!catalogue) return catalogue.error();
  auto selected = catalogue->Select(request.metrics);
  if (!selected) return selected.error();
  MeasurementPlan plan;
  for (const CatalogueMetric* metric : *selected) plan.metrics.push_back(*metric);
  plan.permissions = ReadPermissions(request.root);
  plan.counts_kernel = request.count_kernel && plan.permissions.may_count_kernel();

  ApplyVerdicts(request, catalogue->core, plan);

  auto pmus = ListPmus(request.root);
  std::map<std::string, EventEncoding> encodings;
  for (const CatalogueMetric& metric : plan.metrics) {
    for (const std::string& name : catalogue->WithLeaders(metric.events)) {
      if (encodings.contains(name) || plan.missing.contains(name)) continue;
      if (!pmus) {
        plan.missing.emplace(name, pmus.error().ToString());
        continue;
      }
      const CatalogueEvent& event = *catalogue->FindEvent(name);
      // Leaders come first in the list: they are encoded or missing by now.
      if (const auto no_leader = plan.missing.find(event.leader); no_leader != plan.missing.end()) {
        plan.missing.emplace(name, no_leader->second);
        continue;
      }
      auto encoding = EncodeEvent(event, *pmus, cpu);
      std::vector<EventEncoding> group;
      if (!event.leader.empty()) group.push_back(encodings.at(event.leader));
      if (encoding) group.push_back(*encoding);
      if (!encoding) {
        plan.missing.emplace(name, encoding.error().ToString());
      } else if (auto opens = TryEvent(kernel, *encoding, group, plan); !opens) {
        plan.missing.emplace(name, opens.error().ToString());
      } else {
        encodings.emplace(name, std::move(*encoding));
      }
    }
  }
  if (pmus && CorePmu(*pmus, cpu)) {
    auto probed = ProbeCore(kernel, ProbeCandidates(*catalogue, *pmus, cpu), plan.permissions,
                            DedicatedCandidates(*catalogue, *pmus, cpu));
    if (probed) plan.counters = *probed;
  }

  std::vector<const CatalogueMetric*> countable;
  for (const CatalogueMetric& metric : plan.metrics) {
    if (!HasMissing(metric, plan.missing)) countable.push_back(&metric);
  }
  PlanProblem problem = ProblemFor(*catalogue, countable, plan.counters.free);
  if (plan.counters.existing > 0) ApplyProbe(plan.counters, problem);
  plan.plan = MakePlan(problem);
  for (const PlanGroup& group : plan.plan.groups) {
    std::vector<EventEncoding>& pass = plan.passes.emplace_back();
    for (const std::string& event : group.events) pass.push_back(encodings.at(event));
  }
  if (pmus) NameTheCores(*pmus, cpu, plan);
  for (const UnplannableMetric& metric : plan.plan.unplannable) {
    for (const std::string& event : metric.events) {
      const bool planned =
          std::any_of(plan.plan.groups.begin(), plan.plan.groups.end(), [&](const auto& group) {
            return std::find(group.events.begin(), group.events.end(), event) != group.events.end();
          });
      if (!planned) plan.missing.emplace(event, metric.reason);
    }
  }
  plan.catalogue = std::move(*catalogue);
  return plan;
}

std::vector<std::string> DescribeMissing(const MeasurementPlan& plan) {
  std::map<std::string, std::set<std::string>> metrics_by_reason;
  std::map<std::string, std::set<std::string>> metrics_by_wrong;
  for (const CatalogueMetric& metric : plan.metrics) {
    for (const std::string& event : metric.events) {
      const auto missing = plan.missing.find(event);
      if (missing == plan.missing.end()) continue;
      metrics_by_reason[missing->second].insert(metric.name);
      break;
    }
    if (HasMissing(metric, plan.missing)) continue;
    for (const std::string& event : metric.events) {
      const auto wrong = plan.wrong.find(event);
      if (wrong != plan.wrong.end()) metrics_by_wrong[wrong->second].insert(metric.name);
    }
  }
  std::vector<std::string> lines;
  for (const auto& [reason, metrics] : metrics_by_reason) {
    lines.push_back(fmt::format("not measured: {}: {}", fmt::join(metrics, ", "), reason));
  }
  for (const auto& [reason, metrics] : metrics_by_wrong) {
    lines.push_back(fmt::format("not to be trusted: {}: {}", fmt::join(metrics, ", "), reason));
  }
  lines.insert(lines.end(), plan.remarks.begin(), plan.remarks.end());
  return lines;
}

}  // namespace pmubench
