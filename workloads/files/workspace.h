// The folder that files are made in, below every file system that is measured.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "pmubench/result.h"

namespace pmubench::files {

struct Sizes {
  std::uint64_t file = 32U << 20;    ///< bytes of the file that is read or written in blocks
  std::uint64_t block = 128U << 10;  ///< bytes an operation, in order; whole pages
  std::uint64_t count = 1000;        ///< small files
};

inline constexpr std::uint64_t kRandomBlock = 4096;  ///< bytes an operation, in no order
inline constexpr std::uint64_t kSmallFile = 4096;    ///< bytes of a small file

/// What went wrong with a file, of an errno; a remedy where there is one (a full disk).
[[nodiscard]] Error FileError(const std::string& what, const std::filesystem::path& file,
                              int error);

/// Owner of a descriptor.
class File {
 public:
  static Result<File> Open(const std::filesystem::path& path, int flags);
  explicit File(int descriptor = -1) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File();
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// Writes a file of content number `number` (content.h) from its begin to `size`.
[[nodiscard]] Result<void> WriteContent(const std::filesystem::path& path, std::uint64_t number,
                                        std::uint64_t size);

/// Reads a file and compares every byte. Errors: kSystem, with the block that is wrong.
[[nodiscard]] Result<void> CheckContent(const std::filesystem::path& path, std::uint64_t number,
                                        std::uint64_t size);

/// The name of small file number `i`.
[[nodiscard]] std::string SmallName(std::uint64_t i);

/// Whether the sizes fit the file system of `folder`. kUsage: with what would.
[[nodiscard]] Result<void> CheckRoom(const std::filesystem::path& folder, const Sizes& sizes);

/// Owner of a temporary folder; what it holds goes with it.
class Workspace {
 public:
  /// A folder of its own in `parent`. Errors: kBadInput.
  static Result<std::unique_ptr<Workspace>> Make(const std::filesystem::path& parent,
                                                 const Sizes& sizes);
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] const Sizes& sizes() const { return sizes_; }

  /// The file `data` of Sizes::file bytes, content number 0; made at the first call.
  [[nodiscard]] Result<void> MakeData();

  /// The folder `small` of Sizes::count files, content of their numbers; made at the first call.
  [[nodiscard]] Result<void> MakeSmallFiles();

  /// The name of a new, empty folder: never one that was used before, which a kernel might still
  /// have names of.
  [[nodiscard]] Result<std::string> MakeFolder();

 private:
  Workspace() = default;

  std::filesystem::path folder_;
  Sizes sizes_;
  bool has_data_ = false;
  bool has_small_files_ = false;
  int folders_ = 0;
};

}  // namespace pmubench::files
