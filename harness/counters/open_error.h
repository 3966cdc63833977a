// Why perf_event_open(2) refused, and what would change it. Pure: tested without a PMU.
#pragma once

#include <string>

#include "platform/event_encoding.h"
#include "platform/permissions.h"
#include "pmubench/result.h"

namespace pmubench {

/// What was asked of the kernel beside the event itself.
struct OpenRequest {
  int pid = 0;                 ///< -1: all processes (then `cpu` is not -1)
  int cpu = -1;                ///< -1: on any CPU
  bool group_member = false;   ///< joined a group that has events already
  int group_size = 1;          ///< events of the group, this one included
  bool exclude_kernel = true;  ///< user mode only
  bool sampling = false;       ///< sample_period or branch stacks
  bool has_core_pmu = true;    ///< whether the machine has a core PMU (CorePmu)
  std::string program;         ///< path of the program for setcap; "" for a placeholder
};

/// Turns errno of perf_event_open(2) into a reason that a person can act on.
[[nodiscard]] Error ExplainOpenError(int err, const EventEncoding& event,
                                     const Permissions& permissions, const OpenRequest& request);

}  // namespace pmubench
