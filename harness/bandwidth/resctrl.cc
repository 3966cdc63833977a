// The resctrl file system: bytes by L3 domain, counted by the hardware that Intel calls RDT, AMD
// QoS and Arm MPAM.
#include <fmt/format.h>

#include <charconv>

#include "bandwidth/sources.h"
#include "platform/files.h"

namespace pmubench {
namespace {

constexpr const char* kMount = "sys/fs/resctrl";

/// The socket of an L3 cache: that of the first CPU whose cache has this id.
int SocketOfCache(const BandwidthMachine& machine, std::uint64_t id) {
  for (const CpuPlace& place : machine.topology.cpus) {
    const auto file = fmt::format("sys/devices/system/cpu/cpu{}/cache/index3/id", place.cpu);
    if (ReadInteger(machine.root / file) == static_cast<std::int64_t>(id)) return place.socket;
  }
  return 0;
}

SourceFinding NotMounted(const BandwidthMachine& machine) {
  SourceFinding finding;
  const std::string systems = ReadText(machine.root / "proc/filesystems").value_or("");
  const bool kernel_has = systems.find("resctrl") != std::string::npos;
  const bool monitors = HasCpuFlag(machine.root, "cqm_mbm_total");
  if (kernel_has) {
    finding.presence = Presence::kCould;
    finding.why = "resctrl is not mounted";
    finding.remedy = "sudo mount -t resctrl resctrl /sys/fs/resctrl";
  } else if (monitors) {
    finding.presence = Presence::kCould;
    finding.why = "the processor monitors bandwidth, the kernel has no resctrl";
    finding.remedy = "use a kernel with CONFIG_X86_CPU_RESCTRL=y";
  } else {
    finding.why = "neither kernel nor processor know resctrl";
  }
  return finding;
}

SourceFinding FindFiles(const BandwidthMachine& machine, const std::string& what) {
  const auto mount = machine.root / kMount;
  if (ListNames(mount / "info").empty()) return NotMounted(machine);
  SourceFinding finding;
  for (const std::string& name : ListNames(mount / "mon_data")) {
    constexpr std::string_view kDomain = "mon_L3_";
    if (!name.starts_with(kDomain)) continue;
    const auto file = mount / "mon_data" / name / what;
    // Decimal with leading zeros: mon_L3_00.
    const auto id = ParseUnsigned(std::string_view(name).substr(kDomain.size()));
    if (!id || !ReadInteger(file)) continue;
    finding.files.push_back({file, {Direction::kTotal, 1, SocketOfCache(machine, *id)}});
  }
  if (finding.files.empty()) {
    finding.why = fmt::format("resctrl is mounted, but counts no bandwidth (no {})", what);
    return finding;
  }
  finding.presence = Presence::kReady;
  finding.why = fmt::format("{} L3 domains", finding.files.size());
  return finding;
}

SourceFinding FindTotal(const BandwidthMachine& machine) {
  return FindFiles(machine, "mbm_total_bytes");
}

SourceFinding FindLocal(const BandwidthMachine& machine) {
  return FindFiles(machine, "mbm_local_bytes");
}

Recognised RecogniseNothing(const std::vector<RecordedEvent>& events) {
  return Recognised(events.size());
}

}  // namespace

BandwidthSource ResctrlSource() {
  return {{"resctrl",
           "resctrl (Intel RDT, AMD QoS, Arm MPAM)",
           "mbm_total_bytes of every L3 domain",
           {"rdt", "mpam", "mbm"},
           Gives::kTotal},
          FindTotal,
          RecogniseNothing};
}

BandwidthSource ResctrlLocalSource() {
  return {{"resctrl-local",
           "resctrl, memory of the own node",
           "mbm_local_bytes of every L3 domain: the rest of mbm_total_bytes is other nodes'",
           {"mbm-local"},
           Gives::kTotal},
          FindLocal,
          RecogniseNothing};
}

}  // namespace pmubench
