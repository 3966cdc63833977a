// Arm's CMN mesh: data flits at the ports of the memory controllers, seen by watchpoints; and
// requests of the home nodes (HN-F) to memory, a total that needs no ports.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "bandwidth/located_file.h"
#include "bandwidth/mesh.h"
#include "bandwidth/source_parts.h"
#include "bandwidth/sources.h"

namespace pmubench {
namespace {

constexpr const char* kPrefix = "arm_cmn";
// A DAT flit of a 256-bit mesh carries 32 bytes: a cache line is two flits.
constexpr double kFlitBytes = 32;

SourceFinding NoMesh(const BandwidthMachine& machine) {
  SourceFinding finding;
  finding.why = "no CMN mesh among the devices of firmware";
  const std::vector<std::string> ids = {"ARMHC600",    "ARMHC650",    "ARMHC700",   "ARMHC003",
                                        "arm,cmn-600", "arm,cmn-650", "arm,cmn-700"};
  if (machine.CountFirmwareIds(ids) > 0) {
    finding.presence = Presence::kCould;
    finding.why = "firmware describes a CMN mesh, the kernel has no driver for it";
    finding.remedy = machine.HowToGet("CONFIG_ARM_CMN", "arm-cmn");
  }
  return finding;
}

Result<void> AddWatchpoints(const BandwidthMachine& machine, const PmuDevice& pmu, int socket,
                            const std::vector<MeshPort>& ports, SourceFinding* finding) {
  std::map<std::uint64_t, int> on_crosspoint;
  for (const MeshPort& port : ports) {
    const int group = on_crosspoint[port.nodeid]++ % 2;
    for (const auto& [name, direction] :
         {std::pair{"watchpoint_up", Direction::kRead}, {"watchpoint_down", Direction::kWrite}}) {
      auto done = AddCounters(machine, pmu, WatchpointTerms(name, port, group),
                              {direction, kFlitBytes, socket}, finding);
      if (!done) return done;
    }
  }
  return {};
}

/// The ports of each mesh: located by traffic, else those of the driver's map, which says nothing
/// of whether a controller has memory behind it.
struct KnownPorts {
  std::vector<std::vector<MeshPort>> ports;
  std::size_t controllers = 0;
  std::size_t meshes = 0;   ///< whose ports are known
  std::size_t located = 0;  ///< of these, by traffic
};

KnownPorts FindKnownPorts(const BandwidthMachine& machine,
                          const std::vector<const PmuDevice*>& meshes, SourceFinding* finding) {
  KnownPorts known;
  const auto located = ReadLocated(machine);
  if (!located) finding->warnings.push_back(located.error().ToString());
  for (const PmuDevice* mesh : meshes) {
    const auto in_map = ControllerPorts(ReadMeshMap(machine.root, mesh->name));
    known.ports.push_back(in_map);
    if (located && located->contains(mesh->name)) {
      const auto& ports = located->at(mesh->name).ports;
      if (!in_map.empty() &&
          !std::includes(in_map.begin(), in_map.end(), ports.begin(), ports.end())) {
        finding->warnings.push_back(fmt::format(
            "{}: the driver's map has no memory controllers at some of the ports that were "
            "located: run `pmubench bandwidth locate` again",
            mesh->name));
      }
      known.ports.back() = ports;
      ++known.located;
    }
    if (known.ports.back().empty()) {
      finding->warnings.push_back(fmt::format(
          "{}: its memory controllers are not known: totals are incomplete", mesh->name));
      continue;
    }
    ++known.meshes;
    known.controllers += known.ports.back().size();
  }
  return known;
}

SourceFinding FindCmn(const BandwidthMachine& machine) {
  const auto meshes = machine.PmusNamed(kPrefix);
  if (meshes.empty()) return NoMesh(machine);
  const auto sockets = SocketsOfMeshes(machine, meshes);
  SourceFinding finding;
  const KnownPorts known = FindKnownPorts(machine, meshes, &finding);
  Result<void> done;
  for (std::size_t i = 0; i < meshes.size() && done; ++i) {
    done = AddWatchpoints(machine, *meshes[i], sockets[i], known.ports[i], &finding);
  }
  if (known.meshes == 0) {
    done = Error{
        ErrorCode::kNotFound,
        fmt::format("{} mesh(es), but at which ports their memory controllers are is not known",
                    meshes.size()),
        "find them by traffic (sudo pmubench bandwidth locate), or let root see the driver's map: "
        "sudo mount -t debugfs none /sys/kernel/debug"};
    finding.warnings.clear();
  }
  Conclude(done,
           fmt::format("{} memory controllers on {} mesh(es), {}", known.controllers, known.meshes,
                       known.located == known.meshes ? "located by traffic"
                       : known.located == 0          ? "by the driver's map"
                                                     : "located by traffic or by the driver's map"),
           &finding);
  return finding;
}

SourceFinding FindHomeNodes(const BandwidthMachine& machine) {
  const auto meshes = machine.PmusNamed(kPrefix);
  if (meshes.empty()) return NoMesh(machine);
  const auto sockets = SocketsOfMeshes(machine, meshes);
  SourceFinding finding;
  Result<void> done;
  for (std::size_t i = 0; i < meshes.size(); ++i) {
    for (const auto& [event, bytes] :
         {std::pair{"hnf_mc_reqs", kLineBytes}, {"hnf_mc_retries", -kLineBytes}}) {
      if (done) {
        done = AddCounters(machine, *meshes[i], event, {Direction::kTotal, bytes, sockets[i]},
                           &finding);
      }
    }
  }
  Conclude(done, fmt::format("{} mesh(es)", meshes.size()), &finding);
  return finding;
}

int MeshNumber(const EventName& name) { return TrailingNumber(name.pmu).value_or(0); }

Recognised RecogniseCmn(const std::vector<RecordedEvent>& events) {
  Recognised traffic;
  for (const RecordedEvent& event : events) {
    auto& one = traffic.emplace_back();
    const EventName& name = event.name;
    if (!name.pmu.starts_with(kPrefix) || name.number("wp_chn_sel") != kDataChannel) continue;
    if (name.has("watchpoint_up")) one = Traffic{Direction::kRead, kFlitBytes, MeshNumber(name)};
    if (name.has("watchpoint_down")) one = Traffic{Direction::kWrite, kFlitBytes, MeshNumber(name)};
  }
  return traffic;
}

Recognised RecogniseHomeNodes(const std::vector<RecordedEvent>& events) {
  Recognised traffic;
  for (const RecordedEvent& event : events) {
    auto& one = traffic.emplace_back();
    const EventName& name = event.name;
    if (!name.pmu.starts_with(kPrefix)) continue;
    if (name.has("hnf_mc_reqs")) one = Traffic{Direction::kTotal, kLineBytes, MeshNumber(name)};
    if (name.has("hnf_mc_retries")) one = Traffic{Direction::kTotal, -kLineBytes, MeshNumber(name)};
  }
  return traffic;
}

}  // namespace

BandwidthSource CmnSource() {
  return {{"cmn",
           "Arm CMN mesh, watchpoints",
           "data flits at the memory controllers' ports x 32 bytes, up read and down write",
           {"watchpoint", "watchpoints", "cmn-watchpoint", "arm-cmn"}},
          FindCmn,
          RecogniseCmn};
}

BandwidthSource CmnHomeNodeSource() {
  return {{"cmn-hnf",
           "Arm CMN mesh, home nodes",
           "(hnf_mc_reqs - hnf_mc_retries) x 64 bytes",
           {"hnf", "mr", "hn-f"},
           Gives::kTotal},
          FindHomeNodes,
          RecogniseHomeNodes};
}

}  // namespace pmubench
