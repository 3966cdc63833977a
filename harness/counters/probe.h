// How many counters a core PMU has, found by using them.
#pragma once

#include "counters/kernel.h"
#include "platform/event_encoding.h"
#include "platform/permissions.h"
#include "pmubench/result.h"

namespace pmubench {

/// General counters of a core PMU, beside the dedicated ones.
struct CounterProbe {
  int existing = 0;  ///< the kernel accepts a group of that many
  int free = 0;      ///< a pinned group of that many counts now; others hold the rest
};

/// Grows a group of `event` until the kernel refuses it, then looks how large a pinned group
/// really counts. `event` must be one that counts in a busy loop and has no dedicated counter
/// (INST_RETIRED has one on cores with FEAT_PMUv3_ICNTR: it would give one too many).
/// Takes well under 0.1 s. The calling thread must stay on CPUs of that PMU.
[[nodiscard]] Result<CounterProbe> ProbeCounters(Kernel& kernel, const EventEncoding& event,
                                                 const Permissions& permissions);

}  // namespace pmubench
