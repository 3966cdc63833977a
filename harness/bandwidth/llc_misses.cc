// Misses of the last-level cache: the last resort. They follow reads only: on an Ampere Altra they
// were up to 42 % under the memory controllers' total.
#include <fmt/format.h>

#include <algorithm>

#include "bandwidth/mesh.h"
#include "bandwidth/source_parts.h"
#include "bandwidth/sources.h"

namespace pmubench {
namespace {

constexpr const char* kMeshEvent = "hnf_cache_miss";
/// Of a core's PMU, the best first.
constexpr const char* kCoreEvents[] = {"ll_cache_miss_rd", "LLC-load-misses", "cache-misses"};

SourceFinding FindOnMesh(const BandwidthMachine& machine,
                         const std::vector<const PmuDevice*>& meshes) {
  const auto sockets = SocketsOfMeshes(machine, meshes);
  SourceFinding finding;
  Result<void> done;
  for (std::size_t i = 0; i < meshes.size(); ++i) {
    if (!done) break;
    done = AddCounters(machine, *meshes[i], kMeshEvent, {Direction::kRead, kLineBytes, sockets[i]},
                       &finding);
  }
  Conclude(done, fmt::format("{} of {} mesh(es)", kMeshEvent, meshes.size()), &finding);
  return finding;
}

SourceFinding FindOnCores(const BandwidthMachine& machine) {
  SourceFinding finding;
  std::string used;
  for (const CpuPlace& place : machine.topology.cpus) {
    const auto pmu = CorePmu(machine.pmus, place.cpu);
    if (!pmu) {
      finding.why = pmu.error().message;
      finding.remedy = pmu.error().remedy;
      return finding;
    }
    const auto* name = std::find_if(std::begin(kCoreEvents), std::end(kCoreEvents),
                                    [&](const char* event) { return pmu->events.contains(event); });
    if (name == std::end(kCoreEvents)) continue;
    auto event = EncodeSysfs(*pmu, *name);
    if (!event) continue;
    MemoryCounter counter;
    counter.event = *std::move(event);
    counter.traffic = {Direction::kRead, kLineBytes, place.socket};
    counter.cpu = place.cpu;
    finding.counters.push_back(std::move(counter));
    used = *name;
  }
  if (finding.counters.empty()) {
    finding.why = "no core counts misses of the last-level cache";
    return finding;
  }
  finding.presence = Presence::kReady;
  finding.why = fmt::format("{} of {} CPUs", used, finding.counters.size());
  return finding;
}

SourceFinding FindLlcMisses(const BandwidthMachine& machine) {
  const auto meshes = machine.PmusNamed("arm_cmn");
  const bool counts = std::any_of(meshes.begin(), meshes.end(), [](const PmuDevice* mesh) {
    return mesh->events.contains(kMeshEvent);
  });
  return counts ? FindOnMesh(machine, meshes) : FindOnCores(machine);
}

/// The mesh's misses where they were recorded, else the cores'; never both, they are the same.
Recognised RecogniseLlcMisses(const std::vector<RecordedEvent>& events) {
  std::vector<std::string> names = {kMeshEvent};
  names.insert(names.end(), std::begin(kCoreEvents), std::end(kCoreEvents));
  for (const std::string& wanted : names) {
    Recognised traffic;
    bool any = false;
    for (const RecordedEvent& event : events) {
      auto& one = traffic.emplace_back();
      if (!event.name.has(wanted)) continue;
      const bool mesh = event.name.pmu.starts_with("arm_cmn");
      one = Traffic{Direction::kRead, kLineBytes,
                    mesh ? TrailingNumber(event.name.pmu).value_or(0) : 0};
      any = true;
    }
    if (any) return traffic;
  }
  return Recognised(events.size());
}

}  // namespace

BandwidthSource LlcMissSource() {
  return {{"llc-misses",
           "last-level cache misses",
           "misses x 64 bytes: follows reads only",
           {"llc", "cache-misses"},
           Gives::kReads,
           true},
          FindLlcMisses,
          RecogniseLlcMisses};
}

}  // namespace pmubench
