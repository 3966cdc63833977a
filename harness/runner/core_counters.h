// Which event to probe a core's counters with, and the probe.
#pragma once

#include <vector>

#include "catalogue/catalogue.h"
#include "counters/probe.h"
#include "planner/problem.h"
#include "platform/pmu.h"

namespace pmubench {

/// The core's events to probe with, best first: they may use any general counter and have none of
/// their own. Instructions come last: on cores with FEAT_PMUv3_ICNTR they have a counter of their
/// own even where the catalogue does not know it.
[[nodiscard]] std::vector<EventEncoding> ProbeCandidates(const Catalogue& catalogue,
                                                         const std::vector<PmuDevice>& pmus,
                                                         int cpu);

/// The core's events that may have a counter of their own: those the catalogue gives one, then
/// instructions, which have one on cores with FEAT_PMUv3_ICNTR.
[[nodiscard]] std::vector<DedicatedCandidate> DedicatedCandidates(
    const Catalogue& catalogue, const std::vector<PmuDevice>& pmus, int cpu);

/// Probes with the first candidate that counts in a busy loop; where none does (an emulator that
/// opens events and never counts them), with the first that opens. `dedicated` are looked for too.
[[nodiscard]] Result<CounterProbe> ProbeCore(Kernel& kernel,
                                             const std::vector<EventEncoding>& candidates,
                                             const Permissions& permissions,
                                             const std::vector<DedicatedCandidate>& dedicated = {});

/// Makes `problem` fit what is free now: general counters, and of the dedicated ones those that
/// were found free. An event whose counter somebody holds takes a general one. `probe` must have
/// looked for dedicated counters.
void ApplyProbe(const CounterProbe& probe, PlanProblem& problem);

}  // namespace pmubench
