// At which ports of a mesh the memory controllers, or two cores, stand: decided from the traffic
// that was counted at every port. Pure.
#pragma once

#include <string>
#include <vector>

#include "bandwidth/mesh.h"
#include "bandwidth/perf_text.h"

namespace pmubench {

/// Data flits that the mesh sent to the device at a port.
struct PortTraffic {
  MeshPort where;
  double flits = 0;
  bool counted = true;  ///< false: perf had no count for it
};

/// Ports of a recording of `mxp_pN_dat_txflit_valid` or of data watchpoints ("down"), summed over
/// its lines, in the order of ports. kBadInput where it has none.
[[nodiscard]] Result<std::vector<PortTraffic>> PortsOfRecording(const PerfText& text);

struct Located {
  std::vector<MeshPort> ports;  ///< of the devices looked for; empty: not found
  double confidence = 0;        ///< 0 to 1; below kLeastConfidence nothing is found
  std::string reason;           ///< why these, or why none
  double unevenness = 0;        ///< of the ports' traffic, (largest - smallest) / mean
};

/// Under this, "not found".
inline constexpr double kLeastConfidence = 0.5;

/// Memory controllers, from traffic under a write-heavy streaming load: the ports before the first
/// gap of more than 15 % from the top, which carry the same traffic since channels are interleaved
/// (within 3 %), with the home nodes' and the cores' levels below. One mesh at a time.
[[nodiscard]] Located LocateControllers(std::vector<PortTraffic> ports);

/// What the driver's map of devices says to an answer from traffic: more confidence where every
/// port found is a memory controller's there, less where not. An empty map changes nothing; a map
/// alone finds nothing, since a controller without memory behind it is on it too.
[[nodiscard]] Located ConfirmByMap(Located by_traffic, const std::vector<MeshPort>& in_map);

/// The two ports (one, if both cores share it) that stand out while two cores exchange lines.
[[nodiscard]] Located LocateCorePair(std::vector<PortTraffic> ports);

}  // namespace pmubench
