#include "bandwidth/mesh.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "bandwidth/event_name.h"
#include "platform/files.h"

namespace pmubench {
namespace {

/// One line of devices: the row y of crosspoints, the port, a cell for each x.
struct MapLine {
  int y = 0;
  int port = 0;
  std::vector<std::string> cells;
};

/// "1    | XP #4  | XP #5  |" begins a row of crosspoints, "  0  |  RN-F  |  HN-F  |" has the
/// devices at port 0 of each; other lines tell domains and logical ids.
std::vector<MapLine> DeviceLines(std::string_view text) {
  std::vector<MapLine> lines;
  int y = -1;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto bar = line.find('|');
    if (bar == std::string_view::npos) continue;
    const auto number = ParseUnsigned(Trim(line.substr(0, bar)));
    if (!number) continue;
    if (line.find("XP #") != std::string_view::npos) {
      y = static_cast<int>(*number);
    } else if (line.starts_with("  ") && bar > 3 && line[bar - 1] == ' ' && y >= 0) {
      lines.push_back({y, static_cast<int>(*number), Split(line.substr(bar + 1), '|')});
      if (!lines.back().cells.empty()) lines.back().cells.pop_back();  // after the last bar
    }
  }
  return lines;
}

}  // namespace

std::uint64_t CrosspointId(int x, int y, int width, int height) {
  const int larger = std::max(width, height);
  const int bits = larger <= 4 ? 2 : larger <= 8 ? 3 : 4;
  return static_cast<std::uint64_t>(x) << (3 + bits) | static_cast<std::uint64_t>(y) << 3;
}

std::string WatchpointTerms(const std::string& name, const MeshPort& port, int group) {
  return fmt::format(
      "{},bynodeid=1,nodeid={:#x},wp_dev_sel={},wp_chn_sel={},wp_grp={},wp_val=0,"
      "wp_mask=0xffffffffffffffff",
      name, port.nodeid, port.port, kDataChannel, group);
}

std::vector<MeshDevice> ParseMeshMap(const std::string& pmu, std::string_view text) {
  const auto lines = DeviceLines(text);
  int width = 0;
  int height = 0;
  for (const MapLine& line : lines) {
    width = std::max(width, static_cast<int>(line.cells.size()));
    height = std::max(height, line.y + 1);
  }
  std::vector<MeshDevice> devices;
  for (const MapLine& line : lines) {
    for (std::size_t x = 0; x < line.cells.size(); ++x) {
      if (line.cells[x].empty()) continue;
      const auto id = CrosspointId(static_cast<int>(x), line.y, width, height);
      devices.push_back({{pmu, id, line.port}, line.cells[x]});
    }
  }
  return devices;
}

std::vector<MeshDevice> ReadMeshMap(const std::filesystem::path& root, const std::string& pmu) {
  // The driver names the first mesh's file "map", later ones' "map_1".
  const int number = TrailingNumber(pmu).value_or(0);
  const std::string file = number == 0 ? "map" : fmt::format("map_{}", number);
  return ParseMeshMap(pmu, ReadText(root / "sys/kernel/debug/arm-cmn" / file).value_or(""));
}

std::vector<MeshPort> ControllerPorts(const std::vector<MeshDevice>& devices) {
  for (const char* kind : {"SN-F", "SBSX"}) {
    std::vector<MeshPort> ports;
    for (const MeshDevice& device : devices) {
      if (device.device.starts_with(kind)) ports.push_back(device.where);
    }
    std::sort(ports.begin(), ports.end());
    if (!ports.empty()) return ports;
  }
  return {};
}

std::vector<int> SocketsOfMeshes(const BandwidthMachine& machine,
                                 const std::vector<const PmuDevice*>& meshes) {
  std::vector<int> sockets;
  for (const PmuDevice* mesh : meshes) {
    sockets.push_back(mesh->cpumask.empty() ? 0 : machine.SocketOf(mesh->cpumask.front()));
  }
  const std::set<int> different(sockets.begin(), sockets.end());
  const auto count = static_cast<std::size_t>(std::max(machine.topology.sockets(), 1));
  if (different.size() < count && meshes.size() == count) {
    for (std::size_t i = 0; i < meshes.size(); ++i) sockets[i] = static_cast<int>(i);
  }
  return sockets;
}

}  // namespace pmubench
