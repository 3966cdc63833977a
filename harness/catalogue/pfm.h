// libpfm4: names to codes where the catalogue has none. Internal to the catalogue.
#pragma once

#include <cstdint>
#include <string>

#include "pmubench/result.h"

namespace pmubench {

struct PfmEncoding {
  std::uint32_t type = 0;  ///< PERF_TYPE_RAW for an event of the core PMU
  std::uint64_t config = 0;
  std::uint64_t config1 = 0;
  std::uint64_t config2 = 0;
};

/// Encodes a name for the CPU that runs. kNoSuchEvent with libpfm4's reason. Thread-safe.
[[nodiscard]] Result<PfmEncoding> EncodePfm(const std::string& name);

}  // namespace pmubench
