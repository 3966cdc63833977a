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
  std::map<std::string, std::string> scales;   ///< "cas_count_read" -> "6.103515625e-5"
  std::map<std::string, std::string> units;    ///< "cas_count_read" -> "MiB"
  std::map<std::string, std::string> caps;     ///< "branches" -> "32"

  /// Whether it counts what a CPU core does ("cpu", "cpu_core", "armv8_*", ... by its files).
  [[nodiscard]] bool is_core() const;
};

/// All PMUs under `root` ("/" for this machine), by name. kNoPmu where the kernel shows none at
/// all (no perf_event, or no sysfs).
[[nodiscard]] Result<std::vector<PmuDevice>> ListPmus(const std::filesystem::path& root);

/// The core PMU of `cpu`. kNoPmu with the reason where there is none (a virtual machine).
[[nodiscard]] Result<PmuDevice> CorePmu(const std::vector<PmuDevice>& pmus, int cpu);

/// The core PMUs that count on other CPUs than `cpu`: on a machine with several kinds of cores
/// (big.LITTLE, hybrid) an event is of one of them. Empty elsewhere.
[[nodiscard]] std::vector<PmuDevice> OtherCorePmus(const std::vector<PmuDevice>& pmus, int cpu);

/// Encodes "name,key=value,..." as sysfs spells it: names from `events`, keys from `formats` (a
/// key alone sets 1), "config", "config1" and "config2" for whole fields, "rNNN" for a raw
/// hexadecimal config. A later term replaces an earlier one's bits. An unknown name is
/// kNoSuchEvent and suggests what there is; a value that does not fit its bits is kBadInput.
[[nodiscard]] Result<EventEncoding> EncodeSysfs(const PmuDevice& pmu, const std::string& terms);

}  // namespace pmubench
