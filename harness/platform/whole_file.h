// Users' files, read and written whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "pmubench/result.h"

namespace pmubench {

/// Writes beside the file, syncs and renames: a reader never sees half of it, and a failed write
/// leaves what was there. Follows symbolic links; writes into what is no plain file (a device, a
/// pipe). kSystem where that fails.
[[nodiscard]] Result<void> WriteWhole(const std::filesystem::path& file, std::string_view text);

/// There, and no plain file or folder: a pipe or a device, which keeps all that is written to it
/// and cannot be read back.
[[nodiscard]] bool IsStream(const std::filesystem::path& file);

/// The file's bytes. kNotFound, or kBadInput for a folder and what may not be read.
[[nodiscard]] Result<std::string> ReadWhole(const std::filesystem::path& file);

}  // namespace pmubench
