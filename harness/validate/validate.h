// Holds the events of a catalogue against loops whose counts are known in advance.
#pragma once

#include <functional>
#include <vector>

#include "catalogue/catalogue.h"
#include "counters/kernel.h"
#include "platform/permissions.h"
#include "platform/pmu.h"
#include "platform/topology.h"
#include "validate/judge.h"

namespace pmubench {

struct ValidateRequest {
  const Catalogue* catalogue = nullptr;
  const std::vector<PmuDevice>* pmus = nullptr;
  std::vector<CacheLevel> caches;
  Permissions permissions;
  int cpu = 0;  ///< of the calling thread, which must stay on CPUs of the same core PMU
  int repeats = 5;
  /// Called before each event: its number from 1, how many there are, its name.
  std::function<void(std::size_t, std::size_t, const std::string&)> progress;
};

/// A verdict for every event of the catalogue that has a quantity, in the catalogue's order, in
/// user mode on the calling thread. What cannot be measured is kNotMeasured with its reason.
[[nodiscard]] std::vector<EventVerdict> ValidateEvents(const ValidateRequest& request,
                                                       Kernel& kernel);

}  // namespace pmubench
