#include "runner/core_counters.h"

#include <algorithm>

#include "catalogue/encode.h"
#include "counters/trial.h"

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

std::vector<DedicatedCandidate> DedicatedCandidates(const Catalogue& catalogue,
                                                    const std::vector<PmuDevice>& pmus, int cpu) {
  std::vector<DedicatedCandidate> candidates;
  std::vector<DedicatedCandidate> instructions;
  for (const CatalogueEvent& event : catalogue.events) {
    if (event.dedicated.empty() && event.unit != "instructions") continue;
    if (!event.pmu.empty() && event.pmu != "hardware") continue;
    // It opens only behind its leader, and is there when the leader's counter is.
    if (!event.leader.empty()) continue;
    auto encoding = EncodeEvent(event, pmus, cpu);
    if (!encoding) continue;
    if (event.dedicated.empty()) {
      instructions.push_back({std::move(*encoding), "the counter of " + event.name});
    } else {
      candidates.push_back({std::move(*encoding), event.dedicated});
    }
  }
  candidates.insert(candidates.end(), instructions.begin(), instructions.end());
  return candidates;
}

Result<CounterProbe> ProbeCore(Kernel& kernel, const std::vector<EventEncoding>& candidates,
                               const Permissions& permissions,
                               const std::vector<DedicatedCandidate>& dedicated) {
  if (candidates.empty()) {
    return Error{ErrorCode::kNoPmu, "no event of this core can be encoded",
                 "`pmubench doctor` says what the machine has"};
  }
  const auto counts = [&](const EventEncoding& event) {
    return TryTogether(kernel, {event}, permissions).counted();
  };
  auto event = std::find_if(candidates.begin(), candidates.end(), counts);
  if (event == candidates.end()) event = candidates.begin();
  auto probe = ProbeCounters(kernel, *event, permissions);
  if (probe) probe->dedicated = FindDedicated(kernel, *event, *probe, dedicated, permissions);
  return probe;
}

void ApplyProbe(const CounterProbe& probe, PlanProblem& problem) {
  problem.general_counters = probe.free;
  const auto free = [&](const std::string& name) {
    const std::string counter = name.substr(0, name.find('/'));
    return std::any_of(
        probe.dedicated.begin(), probe.dedicated.end(),
        [&](const DedicatedCounter& found) { return found.free && found.counter == counter; });
  };
  std::erase_if(problem.dedicated, [&](const auto& entry) { return !free(entry.second); });
  for (const DedicatedCounter& found : probe.dedicated) {
    if (found.free) problem.dedicated.emplace(found.event, found.counter);
  }
}

}  // namespace pmubench
