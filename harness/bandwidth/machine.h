// What of a machine decides which bandwidth sources it has.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "platform/cpu.h"
#include "platform/permissions.h"
#include "platform/pmu.h"
#include "platform/topology.h"

namespace pmubench {

struct BandwidthMachine {
  std::filesystem::path root;
  std::vector<PmuDevice> pmus;
  Topology topology;
  Permissions permissions;
  CpuIdentity cpu;
  std::string hypervisor;                   ///< "" on bare metal
  std::map<std::string, int> firmware_ids;  ///< ACPI ids, device-tree "compatible"s: how many
  std::filesystem::path state_folder;       ///< what was found out before; may be empty
  std::map<std::string, std::string> kernel_config;  ///< "CONFIG_ARM_CMN" -> "m"; may be empty

  /// PMUs whose name begins so, by name.
  [[nodiscard]] std::vector<const PmuDevice*> PmusNamed(const std::string& prefix) const;
  /// The socket of a CPU; 0 where it is unknown.
  [[nodiscard]] int SocketOf(int cpu) const;
  /// Where to open an uncore PMU without a cpumask: the first CPU that is online.
  [[nodiscard]] int FirstCpu() const;
  /// How many devices with one of these ids firmware describes.
  [[nodiscard]] int CountFirmwareIds(const std::vector<std::string>& ids) const;
  /// "modprobe MODULE" or "use a kernel with OPTION=m", as far as the kernel's options are known.
  [[nodiscard]] std::string HowToGet(const std::string& option, const std::string& module) const;
};

/// Reads it under `root` ("/" for this machine). What cannot be read stays empty: a source that
/// needs it says so. `state_folder`: where `bandwidth locate` keeps its answers.
[[nodiscard]] BandwidthMachine ReadBandwidthMachine(const std::filesystem::path& root,
                                                    const std::filesystem::path& state_folder = {});

}  // namespace pmubench
