// What pmubench keeps of a machine between runs: verdicts, mesh ports, attainable bandwidth.
#pragma once

#include <filesystem>
#include <string>

#include "pmubench/result.h"

namespace pmubench {

/// Where it is kept: $PMUBENCH_STATE, else $XDG_CACHE_HOME/pmubench, else ~/.cache/pmubench; empty
/// where none of the variables is set.
[[nodiscard]] std::filesystem::path StateFolder();

/// Writes beside the file and renames, folders included: whoever reads sees the old file or the
/// whole new one. kSystem names what failed.
[[nodiscard]] Result<void> WriteStateFile(const std::filesystem::path& file,
                                          const std::string& text);

}  // namespace pmubench
