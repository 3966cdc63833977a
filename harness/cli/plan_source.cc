#include "cli/plan_source.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>

#include "catalogue/problem_for.h"
#include "platform/pmu.h"
#include "runner/catalogue_here.h"
#include "runner/core_counters.h"

namespace pmubench {
namespace {

/// How many general counters are free on this machine.
Result<int> FreeCountersHere(const Catalogue& catalogue) {
  const int cpu = std::max(sched_getcpu(), 0);
  auto pmus = ListPmus("/");
  if (!pmus) return pmus.error();
  if (auto core = CorePmu(*pmus, cpu); !core) return core.error();
  auto probe =
      ProbeCore(SystemKernel(), ProbeCandidates(catalogue, *pmus, cpu), ReadPermissions("/"));
  if (!probe) return probe.error();
  return probe->free;
}

}  // namespace

Result<PlanCase> PlanCaseFromCatalogue(const PlanRequest& request) {
  auto catalogue = LoadCatalogueFor(request.cpu, "", "/");
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
  if (counters < 0) {
    auto here = FreeCountersHere(*catalogue);
    if (!here) {
      return Error{here.error().code, here.error().ToString(),
                   "plan for another machine with --cpu NAME, or give --counters N"};
    }
    counters = *here;
  }
  PlanCase result;
  result.id = request.cpu.empty() ? "here" : request.cpu;
  result.platform = catalogue->title;
  result.problem = ProblemFor(*catalogue, *metrics, counters);
  return result;
}

}  // namespace pmubench
