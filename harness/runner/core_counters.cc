#include "runner/core_counters.h"

#include <algorithm>

#include "catalogue/encode.h"
#include "counters/self_test.h"

namespace pmubench {

std::vector<EventEncoding> ProbeCandidates(const Catalogue& catalogue,
                                           const std::vector<PmuDevice>& pmus, int cpu) {
  std::vector<EventEncoding> candidates;
  std::vector<EventEncoding> instructions;
  for (const CatalogueEvent& event : catalogue.events) {
    const EventConstraint& limits = event.constraint;
    const bool anywhere = event.dedicated.empty() && limits.counters.empty() && limits.slots == 1 &&
                          !limits.alone && limits.filter_register.empty();
    const bool of_core = event.pmu.empty() || event.pmu == "hardware";
    if (!anywhere || !of_core) continue;
    auto encoding = EncodeEvent(event, pmus, cpu);
    if (!encoding) continue;
    (event.unit == "instructions" ? instructions : candidates).push_back(std::move(*encoding));
  }
  candidates.insert(candidates.end(), instructions.begin(), instructions.end());
  return candidates;
}

Result<CounterProbe> ProbeCore(Kernel& kernel, const std::vector<EventEncoding>& candidates,
                               const Permissions& permissions) {
  if (candidates.empty()) {
    return Error{ErrorCode::kNoPmu, "no event of this core can be encoded",
                 "`pmubench doctor` says what the machine has"};
  }
  for (const EventEncoding& event : candidates) {
    if (CheckCounts(kernel, event, permissions).ok) {
      return ProbeCounters(kernel, event, permissions);
    }
  }
  return ProbeCounters(kernel, candidates.front(), permissions);
}

}  // namespace pmubench
