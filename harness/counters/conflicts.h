// Which events cannot be counted together.
#pragma once

#include <string>
#include <vector>

#include "counters/kernel.h"
#include "platform/event_encoding.h"
#include "platform/permissions.h"

namespace pmubench {

/// Two events of which each counts alone, and which do not together.
struct EventConflict {
  std::string first;
  std::string second;
  std::string why;
};

/// What trying each event alone and each pair gave.
struct ConflictReport {
  struct Unusable {
    std::string event;
    std::string why;
  };
  std::vector<EventConflict> conflicts;  ///< in the order of the events
  std::vector<Unusable> unusable;        ///< not even alone; in no pair
  int pairs = 0;                         ///< how many were tried
};

/// Tries every pair of events of one PMU; pairs of two PMUs share no counters. An event that stays
/// 0 alone is judged by whether it runs. Pairs need two free counters: with one, every pair of
/// events without dedicated counters is in conflict, and `why` says that it did not run.
[[nodiscard]] ConflictReport FindConflicts(Kernel& kernel, const std::vector<EventEncoding>& events,
                                           const Permissions& permissions);

}  // namespace pmubench
