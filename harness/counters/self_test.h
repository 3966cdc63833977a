// Proves that counters count before anything they say is believed.
#pragma once

#include <string>
#include <vector>

#include "counters/kernel.h"
#include "platform/event_encoding.h"
#include "platform/permissions.h"

namespace pmubench {

/// What one check found.
struct CounterCheck {
  std::string what;  ///< e.g. "page faults of 64 fresh pages"
  bool ok = false;
  std::string detail;  ///< the figures, or the reason with its remedy
};

/// Touches fresh pages and compares the kernel's count of page faults with their number.
[[nodiscard]] CounterCheck CheckPageFaults(Kernel& kernel, const Permissions& permissions);

/// Runs a short busy loop under `event`, alone and pinned: it must count, and all the time.
[[nodiscard]] CounterCheck CheckCounts(Kernel& kernel, const EventEncoding& event,
                                       const Permissions& permissions);

}  // namespace pmubench
