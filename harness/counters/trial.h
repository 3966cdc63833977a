// What happens to a few events counted together, pinned, for a moment.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "counters/kernel.h"
#include "platform/event_encoding.h"
#include "platform/permissions.h"
#include "pmubench/result.h"

namespace pmubench {

/// The outcome of one trial.
struct Trial {
  std::optional<Error> refused;       ///< why the kernel did not open the group
  bool ran = false;                   ///< on the PMU all the time
  std::vector<std::uint64_t> counts;  ///< in the order of the events; empty unless `ran`

  [[nodiscard]] bool opened() const { return !refused; }
  /// Ran, and every event counted something.
  [[nodiscard]] bool counted() const;
};

/// Opens `events` as one pinned group of the calling thread in user mode, and counts a busy loop.
/// Errors of opening are in `refused`.
[[nodiscard]] Trial TryTogether(Kernel& kernel, const std::vector<EventEncoding>& events,
                                const Permissions& permissions);

}  // namespace pmubench
