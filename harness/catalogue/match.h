// Which CPU a catalogue file is for. Internal to the catalogue.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalogue/load.h"

namespace pmubench {

/// How well a pattern of a file's "match" fits: nothing, or more for the more specific.
///   arch:arm64                         any core of the architecture
///   midr:0x41d0c                         implementer (8 bits) and part (12 bits) of MIDR_EL1
///   cpuid:GenuineIntel-6-0x6a            vendor, family, model; "0x30..0x3f" for a range
///   cpuid:GenuineIntel-6-0x55-5..7       and stepping
[[nodiscard]] std::optional<int> MatchCore(std::string_view pattern, const CpuIdentity& cpu);

/// The architecture a pattern is of; empty where the pattern has no known form.
[[nodiscard]] std::string ArchOfMatch(std::string_view pattern);

}  // namespace pmubench
