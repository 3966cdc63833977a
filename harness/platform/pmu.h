// The PMUs of a machine as sysfs shows them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "platform/event_encoding.h"
#include "pmubench/result.h"

namespace pmubench {

/// One folder of /sys/bus/event_source/devices.
struct PmuDevice {
  std::string name;                            ///< "armv8_pmuv3_0", "cpu", "software"
  std::uint32_t type = 0;                      ///< perf_event_attr.type
  std::vector<int> cpus;                       ///< `cpus` of a core PMU (empty: all CPUs)
  std::vector<int> cpumask;                    ///< `cpumask` of an uncore PMU: where to open
  std::map<std::string, std::string> formats;  ///< "event" -> "config:0-15"
  std::map<std::string, std::string> events;   ///< "cpu_cycles" -> "event=0x011"
  std::map<std::string, std::string> caps;     ///< "branches" -> "32"

  /// Whether it counts what a CPU core does ("cpu", "cpu_core", "armv8_*", ... by its files).
  [[nodiscard]] bool is_core() const;
};

/// All PMUs under `root` ("/" for this machine), by name.
[[nodiscard]] Result<std::vector<PmuDevice>> ListPmus(const std::filesystem::path& root);

/// The core PMU of `cpu`. kNoPmu with the reason where there is none (a virtual machine).
[[nodiscard]] Result<PmuDevice> CorePmu(const std::vector<PmuDevice>& pmus, int cpu);

/// Encodes "name,key=value,..." as sysfs spells it: names from `events`, keys from `formats`.
[[nodiscard]] Result<EventEncoding> EncodeSysfs(const PmuDevice& pmu, const std::string& terms);

}  // namespace pmubench
