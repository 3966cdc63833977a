// Where this program stands: what belongs to it stands beside it.
#pragma once

#include <filesystem>

namespace pmubench {

[[nodiscard]] inline std::filesystem::path ProgramFolder() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(".") : self.parent_path();
}

}  // namespace pmubench
