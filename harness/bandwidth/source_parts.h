// What several sources share.
#pragma once

#include <string>
#include <vector>

#include "bandwidth/source.h"

namespace pmubench {

/// All memory controllers here move whole cache lines.
inline constexpr double kLineBytes = 64;

/// An event of one PMU, on every CPU of its cpumask (one a socket); without a cpumask on the first
/// CPU. `traffic.socket` < 0: the CPU's own socket. Errors: those of EncodeSysfs.
Result<void> AddCounters(const BandwidthMachine& machine, const PmuDevice& pmu,
                         const std::string& terms, Traffic traffic, SourceFinding* finding);

/// Ready with `why`, or what stopped it.
void Conclude(const Result<void>& done, std::string why, SourceFinding* finding);

/// Numbers for names in order of their values: {"b", "a", "b"} -> {1, 0, 1}.
[[nodiscard]] std::vector<int> Ranks(const std::vector<std::string>& names);

}  // namespace pmubench
