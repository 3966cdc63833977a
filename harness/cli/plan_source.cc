#include "cli/plan_source.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>

#include "planner/problem_for.h"
#include "platform/pmu.h"
#include "runner/catalogue_here.h"
#include "runner/core_counters.h"
#include "validate/verdict_file.h"

namespace pmubench {
namespace {

/// What is free on this machine.
Result<CounterProbe> ProbeHere(const Catalogue& catalogue) {
  const int cpu = std::max(sched_getcpu(), 0);
  auto pmus = ListPmus("/");
  if (!pmus) return pmus.error();
  if (auto core = CorePmu(*pmus, cpu); !core) return core.error();
  return ProbeCore(SystemKernel(), ProbeCandidates(catalogue, *pmus, cpu), ReadPermissions("/"),
                   DedicatedCandidates(catalogue, *pmus, cpu));
}

/// Metrics on an event that was found dead on this machine are not measured here.
void LeaveOutDead(const std::string& core, std::vector<const CatalogueMetric*>& metrics,
                  PlanCase& result) {
  const auto verdicts = ReadVerdicts(StateFolder(), "/", core);
  if (!verdicts) return;
  const Distrust distrust = DistrustOf(*verdicts);
  std::erase_if(metrics, [&](const CatalogueMetric* metric) {
    for (const std::string& event : metric->events) {
      const auto dead = distrust.dead.find(event);
      if (dead == distrust.dead.end()) continue;
      result.left_out.push_back({metric->name, {event}, 0, dead->second});
      return true;
    }
    return false;
  });
}

}  // namespace

Result<PlanCase> PlanCaseFromCatalogue(const PlanRequest& request) {
  auto catalogue = LoadCatalogueFor(request.cpu, request.catalogue_file, "/");
  if (!catalogue) return catalogue.error();
  auto metrics = catalogue->Select(request.metrics);
  if (!metrics) return metrics.error();
  int counters = request.counters;
  if (counters < 0 && !request.cpu.empty()) {
    counters = catalogue->general_counters;
    if (counters == 0) {
      return Error{ErrorCode::kUsage,
                   fmt::format("how many counters {} has is not documented", request.cpu),
                   "give --counters N"};
    }
  }
  CounterProbe probe;
  if (counters < 0) {
    auto here = ProbeHere(*catalogue);
    if (!here) {
      return Error{here.error().code, here.error().ToString(),
                   "plan for another machine with --cpu NAME, or give --counters N"};
    }
    probe = *here;
    counters = probe.free;
  }
  PlanCase result;
  result.id = request.cpu.empty() ? "here" : request.cpu;
  result.platform = catalogue->title;
  if (request.cpu.empty()) LeaveOutDead(catalogue->core, *metrics, result);
  result.problem = ProblemFor(*catalogue, *metrics, counters);
  if (probe.existing > 0) ApplyProbe(probe, result.problem);
  return result;
}

}  // namespace pmubench
