// A folder of this process's own for as long as it is needed.
#pragma once

#include <filesystem>
#include <utility>

#include "pmubench/result.h"

namespace pmubench {

/// A new, empty folder under the system's temporary one, removed with all in it.
class TemporaryFolder {
 public:
  /// Errors: kSystem.
  static Result<TemporaryFolder> Make();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  TemporaryFolder() = default;
  std::filesystem::path path_;
};

}  // namespace pmubench
