// Which program a suite's name means, and which benchmarks it has.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// A bundled workload's name ("" is "suite") or a file: what holds a slash or is no workload is a
/// file. Errors: kNotFound, with the names there are or what to install.
[[nodiscard]] Result<std::filesystem::path> SuiteBinary(const std::string& name);

/// The names of its benchmarks that `arguments` leave. kBadInput where it lists none.
[[nodiscard]] Result<std::vector<std::string>> ListBenchmarks(
    const std::filesystem::path& binary, const std::vector<std::string>& arguments);

}  // namespace pmubench
