// Memory controllers with counters of their own, in shared memory: Arm's DMC-620, HiSilicon's DDRC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "traffic.h"

namespace pmubench::lab {

enum class ControllerKind { kDmc620, kDdrcV1, kDdrcV2 };

/// "dmc620", "ddrc1", "ddrc2".
[[nodiscard]] std::optional<ControllerKind> ControllerNamed(const std::string& name);

/// The driver writes a counter only while it is off and takes differences of two reads, so that the
/// overflow interrupt, which plain memory cannot raise, does not matter below 2^31 events a read.
struct Controller {
  ControllerKind kind = ControllerKind::kDmc620;
  std::uint8_t* base = nullptr;

  /// Adds the flow's events of this step; false where no counter takes such events now.
  bool Count(const Flow& flow) const;
};

}  // namespace pmubench::lab
