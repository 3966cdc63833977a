// What of a machine decides whether two runs may be compared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "platform/cpu.h"
#include "platform/topology.h"

namespace pmubench {

/// A machine as a record keeps it. Empty strings and optionals: not to be read here.
struct MachineFingerprint {
  /// 16 hexadecimal digits over what makes a class of machines: cores, topology, caches, amount of
  /// memory, SMT, hypervisor. Host name, kernel, microcode and settings are not part of it.
  std::string id;

  std::string hostname;
  std::string system;  ///< maker and product from firmware
  CpuIdentity cpu;     ///< of the first CPU that is online
  std::string cpu_name;
  int sockets = 0;
  int cores = 0;
  int cpus = 0;
  int threads_per_core = 0;
  int numa_nodes = 0;
  std::vector<CacheLevel> caches;
  std::uint64_t memory_bytes = 0;
  std::string hypervisor;  ///< "" on bare metal
  std::string container;   ///< "" outside

  std::string kernel;  ///< release, "6.1.0-18-amd64"
  std::string os;      ///< "Debian GNU/Linux 12 (bookworm)"
  std::optional<bool> smt;
  std::string governor;  ///< "a,b" where CPUs differ
  std::string frequency_driver;
  std::optional<bool> turbo;
  std::optional<double> max_mhz;
  std::optional<double> mhz;               ///< of CPU 0 at that moment
  std::string transparent_hugepage;        ///< "always", "madvise", "never"
  std::optional<int> aslr;                 ///< kernel.randomize_va_space
  std::optional<int> nmi_watchdog;         ///< kernel.nmi_watchdog
  std::optional<int> paranoid;             ///< kernel.perf_event_paranoid
  std::optional<std::int64_t> huge_pages;  ///< reserved, vm.nr_hugepages
  std::string isolated_cpus;               ///< by the kernel's isolcpus=: "2-7"
  std::string irq_cpus;                    ///< mask of CPUs that new interrupts go to
  /// What pmubench has changed of the settings for as long as it measures: "turbo=0".
  std::vector<std::string> controlled;
};

/// Reads the machine under `root`. Never fails: what cannot be read stays empty.
[[nodiscard]] MachineFingerprint ReadFingerprint(const std::filesystem::path& root);

/// The id of a fingerprint whose other fields are set. Stable over versions of pmubench.
[[nodiscard]] std::string FingerprintId(const MachineFingerprint& machine);

/// The fingerprint as a JSON object, for the record. What is not known is null.
[[nodiscard]] std::string MachineJson(const MachineFingerprint& machine);

/// Load averages over 1, 5 and 15 minutes; empty where they cannot be read.
[[nodiscard]] std::vector<double> ReadLoadAverage(const std::filesystem::path& root);

}  // namespace pmubench
