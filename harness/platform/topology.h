// How the CPUs of a machine hang together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// One logical CPU that is online.
struct CpuPlace {
  int cpu = 0;
  int socket = 0;             ///< physical_package_id; -1 (firmware tells none) becomes 0
  int core = 0;               ///< core_id, unique within a socket only
  int node = 0;               ///< NUMA node
  std::vector<int> siblings;  ///< logical CPUs of the same core, itself included
};

struct NumaNode {
  int node = 0;
  std::vector<int> cpus;  ///< empty for a node of memory only
  std::uint64_t memory_bytes = 0;
};

/// One kind of cache, as the first CPU that is online has it.
struct CacheLevel {
  int level = 0;
  std::string type;        ///< "Data", "Instruction", "Unified"
  std::uint64_t size = 0;  ///< bytes
  int line = 0;            ///< bytes
  int sharing = 0;         ///< logical CPUs that share one
};

struct Topology {
  std::vector<CpuPlace> cpus;  ///< online ones, ascending
  std::vector<NumaNode> nodes;
  std::vector<CacheLevel> caches;

  [[nodiscard]] int sockets() const;
  [[nodiscard]] int cores() const;
  [[nodiscard]] int threads_per_core() const;  ///< the largest number of siblings
  [[nodiscard]] std::vector<int> online() const;
};

/// CPUs that are online, ascending; at least one. Errors: kNotFound, kBadInput.
[[nodiscard]] Result<std::vector<int>> ReadOnlineCpus(const std::filesystem::path& root);

/// Reads the topology under `root`. What a virtual machine or container does not show falls back
/// to one socket, one node, one thread a core; kNotFound only where no list of CPUs is there.
[[nodiscard]] Result<Topology> ReadTopology(const std::filesystem::path& root);

/// The caches that `cpu` reaches, by level: kinds of cores differ in theirs.
[[nodiscard]] std::vector<CacheLevel> ReadCaches(const std::filesystem::path& root, int cpu);

}  // namespace pmubench
