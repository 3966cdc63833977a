// Where the memory controllers of this machine's meshes stand, kept between runs.
#pragma once

#include <map>
#include <string>

#include "bandwidth/locate.h"
#include "bandwidth/machine.h"

namespace pmubench {

/// Answers by mesh ("arm_cmn_0"); only those that were found.
using LocatedMeshes = std::map<std::string, Located>;

/// The file of this machine in its state folder: another machine, or other cores, memory or
/// sockets in it, have another.
[[nodiscard]] std::filesystem::path LocatedFile(const BandwidthMachine& machine);

/// Empty where nothing was located; kBadInput for a file that cannot be understood.
[[nodiscard]] Result<LocatedMeshes> ReadLocated(const BandwidthMachine& machine);

/// Keeps these answers, and those of meshes that are not among them. Errors: of WriteStateFile.
[[nodiscard]] Result<void> KeepLocated(const BandwidthMachine& machine,
                                       const LocatedMeshes& located);

}  // namespace pmubench
