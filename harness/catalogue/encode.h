// From a catalogue's event, or a name someone typed, to what the kernel is told.
#pragma once

#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "platform/event_encoding.h"
#include "platform/pmu.h"
#include "pmubench/result.h"

namespace pmubench {

/// Whether an event that the kernel could name among the PMU's `events`, and does not, is refused.
enum class Listing {
  kRequired,
  kIgnored,  ///< for trying what a code counts: the PMU opens any code and may count 0
};

/// Encodes an event for the core PMU of `cpu` (or the PMU it names). Errors: kNoPmu where there is
/// no such PMU; kNoSuchEvent where the PMU is known not to have the event: an architectural event
/// of Arm that the kernel does not name among the PMU's `events` (it names those that PMCEID
/// reports), or a name that libpfm4 does not know here. Thread-safe.
[[nodiscard]] Result<EventEncoding> EncodeEvent(const CatalogueEvent& event,
                                                const std::vector<PmuDevice>& pmus, int cpu,
                                                Listing listing = Listing::kRequired);

/// Encodes what a user names, first that fits: the catalogue's name or alias, "pmu/terms/", "r11"
/// (a raw code in hexadecimal), a name of the core PMU's `events`, libpfm4's name. kNoSuchEvent
/// suggests the catalogue's nearest. Thread-safe.
[[nodiscard]] Result<EventEncoding> EncodeName(const std::string& name, const Catalogue& catalogue,
                                               const std::vector<PmuDevice>& pmus, int cpu);

}  // namespace pmubench
