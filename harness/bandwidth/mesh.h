// Arm's CMN mesh as the kernel shows it: its PMUs, its sockets, and the map of its devices.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bandwidth/machine.h"

namespace pmubench {

/// A device port of a crosspoint (XP).
struct MeshPort {
  std::string pmu;           ///< "arm_cmn_0"
  std::uint64_t nodeid = 0;  ///< of the crosspoint
  int port = 0;

  friend auto operator<=>(const MeshPort&, const MeshPort&) = default;
};

/// A port with the device that stands there: "SN-F" (a memory controller's), "HN-F", "RN-F", ...
struct MeshDevice {
  MeshPort where;
  std::string device;
};

/// The node id of a crosspoint: x and y in 2 bits each on meshes up to 4 x 4, 3 up to 8 x 8, 4 up
/// to 16 x 16, above 3 bits for port and device.
[[nodiscard]] std::uint64_t CrosspointId(int x, int y, int width, int height);

/// The channel of data flits, as `wp_chn_sel` takes it.
inline constexpr int kDataChannel = 3;

/// The sysfs terms of a watchpoint that counts every data flit at a port: `name` "watchpoint_up"
/// (from the device into the mesh) or "watchpoint_down". Two of one direction on one crosspoint
/// need match groups 0 and 1.
[[nodiscard]] std::string WatchpointTerms(const std::string& name, const MeshPort& port, int group);

/// Reads the text of debugfs' arm-cmn/map. Empty where it is not such a text.
[[nodiscard]] std::vector<MeshDevice> ParseMeshMap(const std::string& pmu, std::string_view text);

/// The map of a mesh; empty without debugfs or the right to read it.
[[nodiscard]] std::vector<MeshDevice> ReadMeshMap(const std::filesystem::path& root,
                                                  const std::string& pmu);

/// Ports of memory controllers: those with SN-Fs, or where there are none with SBSX bridges.
[[nodiscard]] std::vector<MeshPort> ControllerPorts(const std::vector<MeshDevice>& devices);

/// The socket of each mesh: of the CPU in its cpumask; by its number where all meshes name CPUs
/// of one socket although there are as many sockets as meshes.
[[nodiscard]] std::vector<int> SocketsOfMeshes(const BandwidthMachine& machine,
                                               const std::vector<const PmuDevice*>& meshes);

}  // namespace pmubench
