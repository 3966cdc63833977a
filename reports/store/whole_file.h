// A file that is complete or not there, whatever ends its writer.
#pragma once

#include <filesystem>
#include <string_view>

#include "pmubench/result.h"

namespace pmubench::store {

/// Writes beside the file, syncs and renames. kSystem where that fails; the file is then as it was.
[[nodiscard]] Result<void> WriteWhole(const std::filesystem::path& file, std::string_view text);

}  // namespace pmubench::store
