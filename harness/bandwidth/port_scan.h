// Counts data flits at every port of a mesh, a few at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "bandwidth/locate.h"
#include "counters/kernel.h"

namespace pmubench {

/// Consecutive ports together that the driver counts together: at most 8 of a mesh, and 2 of one
/// crosspoint (watchpoints of one direction). Pure.
[[nodiscard]] std::vector<std::vector<MeshPort>> BatchesOfPorts(const std::vector<MeshPort>& ports);

/// Every port of every crosspoint. Neither is listed by the driver: it refuses watchpoints at node
/// ids that are not there, and shows events of port N only where a crosspoint has one. Errors: of
/// opening, where no crosspoint can be opened.
[[nodiscard]] Result<std::vector<MeshPort>> FindPorts(Kernel& kernel, const PmuDevice& mesh,
                                                      const Permissions& permissions);

struct ScanOptions {
  int rounds = 5;  ///< each in another random order: a load that drifts then marks no port
  std::chrono::milliseconds window{50};  ///< that a batch is counted for
  std::uint64_t seed = 1;
};

/// Flits a second that the mesh sends to the device at each port: the median of the rounds. Ports
/// that got no counter in any round are not `counted`.
[[nodiscard]] std::vector<PortTraffic> ScanPorts(
    Kernel& kernel, const PmuDevice& mesh, const std::vector<MeshPort>& ports,
    const Permissions& permissions, const ScanOptions& options,
    const std::function<void(std::size_t done, std::size_t all)>& progress);

}  // namespace pmubench
