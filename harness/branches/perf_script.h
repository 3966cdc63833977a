// Branch stacks out of the text that `perf script` prints.
#pragma once

#include <cstdint>
#include <istream>
#include <string>

#include "branches/branch.h"
#include "pmubench/result.h"

namespace pmubench {

struct ImportReport {
  std::uint64_t samples = 0;   ///< with a branch stack
  std::uint64_t mappings = 0;  ///< PERF_RECORD_MMAP lines of code
  std::uint64_t skipped = 0;   ///< lines that were neither
};

/// Reads `perf script -F pid,ip,brstack --show-mmap-events` and its variants: with or without name,
/// time and event columns; with `brstack` entries as FROM/TO/FLAGS..., flags M mispredicted, P
/// predicted (PN, MN of Arm SPE: not taken, so left out), - unknown; a line of one number before a
/// sample repeats it (llvm-profgen's aggregated form). Call chains are passed over.
/// `brstacksym` text has no addresses: kBadInput says how to print them. So does text without any
/// branch stack.
[[nodiscard]] Result<ImportReport> ImportPerfScript(std::istream& text, const std::string& name,
                                                    BranchSink& sink);

}  // namespace pmubench
