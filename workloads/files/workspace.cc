#include "files/workspace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "files/content.h"

namespace pmubench::files {
namespace {

constexpr std::uint64_t kChunk = 1U << 20;

std::uint64_t BytesNeeded(const Sizes& sizes) {
  // One file that is read and one that is written; small files that stay and those that are made.
  return 2 * sizes.file + 2 * sizes.count * kSmallFile;
}

}  // namespace

Error FileError(const std::string& what, const std::filesystem::path& file, int error) {
  Error result{ErrorCode::kSystem,
               fmt::format("{} {}: {}", what, file.string(), std::strerror(error)), ""};
  if (error == ENOSPC || error == EDQUOT) {
    result.remedy =
        "free space there, or give another folder (PMUBENCH_FILES_FOLDER) or less data "
        "(PMUBENCH_FILES_MIB, PMUBENCH_FILES_COUNT)";
  } else if (error == EMFILE || error == ENFILE) {
    result.remedy = "give fewer files (PMUBENCH_FILES_COUNT), or raise ulimit -n";
  }
  return result;
}

Result<File> File::Open(const std::filesystem::path& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return FileError("cannot open", path, errno);
  return File(descriptor);
}

File::~File() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<void> WriteContent(const std::filesystem::path& path, std::uint64_t number,
                          std::uint64_t size) {
  const auto file = File::Open(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  std::vector<char> chunk(std::min(kChunk, size));
  Fill(chunk, number, 0);
  for (std::uint64_t at = 0; at < size;) {
    const std::uint64_t wanted = std::min<std::uint64_t>(chunk.size(), size - at);
    Stamp({chunk.data(), wanted}, number, at);
    const ssize_t done = pwrite(file->get(), chunk.data(), wanted, static_cast<off_t>(at));
    if (done != static_cast<ssize_t>(wanted)) {
      return FileError("cannot write", path, done < 0 ? errno : ENOSPC);
    }
    at += wanted;
  }
  return {};
}

Result<void> CheckContent(const std::filesystem::path& path, std::uint64_t number,
                          std::uint64_t size) {
  const auto file = File::Open(path, O_RDONLY);
  if (!file) return file.error();
  std::vector<char> chunk(std::min(kChunk, size) + 1);
  for (std::uint64_t at = 0; at < size;) {
    const std::uint64_t wanted = std::min<std::uint64_t>(chunk.size() - 1, size - at);
    // At the end one byte more is asked for: there must be none.
    const ssize_t got = pread(file->get(), chunk.data(), wanted + (at + wanted == size ? 1 : 0),
                              static_cast<off_t>(at));
    if (got < 0) return FileError("cannot read", path, errno);
    if (got != static_cast<ssize_t>(wanted) || !Right({chunk.data(), wanted}, number, at)) {
      return Error{ErrorCode::kSystem,
                   fmt::format("{}: not what was written, within {} bytes from {}", path.string(),
                               wanted, at),
                   ""};
    }
    at += wanted;
  }
  return {};
}

std::string SmallName(std::uint64_t i) { return fmt::format("f{:06}", i); }

Result<void> CheckRoom(const std::filesystem::path& folder, const Sizes& sizes) {
  struct statvfs room {};
  if (statvfs(folder.c_str(), &room) != 0) {
    return Error{ErrorCode::kBadInput, fmt::format("{}: {}", folder.string(), std::strerror(errno)),
                 "give a folder that is there and can be written"};
  }
  const std::uint64_t free = std::uint64_t{room.f_bavail} * room.f_frsize;
  if (BytesNeeded(sizes) <= free) return {};
  return Error{
      ErrorCode::kUsage,
      fmt::format("{} MiB are needed (twice the file's size, and small files), and {} has "
                  "{} MiB free",
                  (BytesNeeded(sizes) + (1U << 20) - 1) >> 20, folder.string(), free >> 20),
      "give less, or another folder"};
}

Result<std::unique_ptr<Workspace>> Workspace::Make(const std::filesystem::path& parent,
                                                   const Sizes& sizes) {
  std::string folder = (parent / "pmubench-files-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return Error{
        ErrorCode::kBadInput,
        fmt::format("cannot make a folder in {}: {}", parent.string(), std::strerror(errno)),
        "give a folder that is there and can be written"};
  }
  std::unique_ptr<Workspace> workspace(new Workspace);
  workspace->folder_ = folder;
  workspace->sizes_ = sizes;
  return workspace;
}

Workspace::~Workspace() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Result<void> Workspace::MakeData() {
  if (has_data_) return {};
  const auto made = WriteContent(folder_ / "data", 0, sizes_.file);
  has_data_ = made.ok();
  return made;
}

Result<void> Workspace::MakeSmallFiles() {
  if (has_small_files_) return {};
  std::error_code error;
  std::filesystem::create_directory(folder_ / "small", error);
  if (error) return FileError("cannot make", folder_ / "small", error.value());
  for (std::uint64_t i = 0; i < sizes_.count; ++i) {
    if (auto made = WriteContent(folder_ / "small" / SmallName(i), i, kSmallFile); !made) {
      return made;
    }
  }
  has_small_files_ = true;
  return {};
}

Result<std::string> Workspace::MakeFolder() {
  std::string name = fmt::format("folder{}", ++folders_);
  std::error_code error;
  std::filesystem::create_directory(folder_ / name, error);
  if (error) return FileError("cannot make", folder_ / name, error.value());
  return name;
}

}  // namespace pmubench::files
