// How a benchmark binary can be measured.
#pragma once

#include <filesystem>

#include "pmubench/result.h"

namespace pmubench {

enum class BinaryKind {
  kLinked,        ///< with pmubench: measured loop by loop
  kSharedEngine,  ///< with the shared Google Benchmark: loop by loop, through LD_PRELOAD
  kStaticEngine,  ///< Google Benchmark inside: only the process can be counted
};

/// Looks into the file for what each way of linking leaves there. Errors: kNotFound, kBadInput for
/// a file that is no program, or no Google Benchmark.
[[nodiscard]] Result<BinaryKind> InspectBinary(const std::filesystem::path& binary);

}  // namespace pmubench
