// How many counters a core PMU has, found by using them.
#pragma once

#include <string>
#include <vector>

#include "counters/kernel.h"
#include "platform/event_encoding.h"
#include "platform/permissions.h"
#include "pmubench/result.h"

namespace pmubench {

/// A counter that only one event can use.
struct DedicatedCounter {
  std::string event;
  std::string counter;  ///< "PMCCNTR_EL0", "FIXC0"; as the candidate named it
  bool free = false;    ///< counts now, beside all general counters that are free
};

/// Counters of a core PMU.
struct CounterProbe {
  int existing = 0;    ///< general counters: the kernel accepts a group of that many
  int free = 0;        ///< general counters: a pinned group of that many counts now
  std::string event;   ///< what the general counters were found with
  std::string unlike;  ///< not empty: from this size on, copies of one event disagree, and how
  std::vector<DedicatedCounter> dedicated;  ///< those that exist
};

/// Grows a pinned group of `event` until the kernel refuses it. Each size that still gets its
/// counters has to run all the time with every copy at the same count: a copy that differs shows
/// a counter that is not what the kernel takes it for, and is not called free.
/// `event` must be one that counts in a busy loop and has no dedicated counter
/// (INST_RETIRED has one on cores with FEAT_PMUv3_ICNTR: it would give one too many).
/// Takes well under 0.1 s. The calling thread must stay on CPUs of that PMU.
[[nodiscard]] Result<CounterProbe> ProbeCounters(Kernel& kernel, const EventEncoding& event,
                                                 const Permissions& permissions);

/// An event that may have a counter of its own.
struct DedicatedCandidate {
  EventEncoding event;
  std::string counter;  ///< its name
};

/// The candidates that have one: each must fit and count beside a group that fills all general
/// counters with `general`, and beside the dedicated events found before it.
[[nodiscard]] std::vector<DedicatedCounter> FindDedicated(
    Kernel& kernel, const EventEncoding& general, const CounterProbe& probe,
    const std::vector<DedicatedCandidate>& candidates, const Permissions& permissions);

}  // namespace pmubench
