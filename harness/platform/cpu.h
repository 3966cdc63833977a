// Which core a CPU is: the key under which the catalogue finds its events.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "pmubench/result.h"

namespace pmubench {

/// What identifies a core's design. On Arm `midr`, on x86 `vendor`, `family`, `model` and
/// `stepping`; what the architecture does not have is 0 or empty.
struct CpuIdentity {
  std::string arch;        ///< "arm64", "x86_64", or the kernel's machine name
  std::uint64_t midr = 0;  ///< Main ID Register of Arm
  std::string vendor;      ///< "GenuineIntel", "AuthenticAMD"; Arm: implementer, "0x41"
  int family = 0;
  int model = 0;
  int stepping = 0;
  std::string model_name;  ///< as /proc/cpuinfo names it; empty on most Arm machines
  std::string microcode;   ///< "0xd0003b9"; empty on Arm

  /// Arm's implementer (MIDR 31:24), 0x41 for Arm Ltd.
  [[nodiscard]] int implementer() const { return static_cast<int>(midr >> 24 & 0xff); }
  /// Arm's part number (MIDR 15:4), 0xd0c for Neoverse N1.
  [[nodiscard]] int part() const { return static_cast<int>(midr >> 4 & 0xfff); }
};

/// Reads the identity of `cpu` under `root`. kBadInput where /proc/cpuinfo does not tell, kNotFound
/// where the machine has no such CPU.
[[nodiscard]] Result<CpuIdentity> ReadCpuIdentity(const std::filesystem::path& root, int cpu);

/// One line for people: the model name, or "Arm Neoverse N1 r3p1", or the bare numbers.
[[nodiscard]] std::string DescribeCpu(const CpuIdentity& cpu);

/// Whether a flag stands in x86's `flags` or Arm's `Features` of /proc/cpuinfo.
[[nodiscard]] bool HasCpuFlag(const std::filesystem::path& root, const std::string& flag);

}  // namespace pmubench
