// Which event to probe a core's counters with, and the probe.
#pragma once

#include <vector>

#include "catalogue/catalogue.h"
#include "counters/probe.h"
#include "platform/pmu.h"

namespace pmubench {

/// The core's events to probe with, best first: they may use any general counter and have none of
/// their own. Instructions come last: on cores with FEAT_PMUv3_ICNTR they have a counter of their
/// own even where the catalogue does not know it.
[[nodiscard]] std::vector<EventEncoding> ProbeCandidates(const Catalogue& catalogue,
                                                         const std::vector<PmuDevice>& pmus,
                                                         int cpu);

/// Probes with the first candidate that counts in a busy loop; where none does (an emulator that
/// opens events and never counts them), with the first that opens.
[[nodiscard]] Result<CounterProbe> ProbeCore(Kernel& kernel,
                                             const std::vector<EventEncoding>& candidates,
                                             const Permissions& permissions);

}  // namespace pmubench
