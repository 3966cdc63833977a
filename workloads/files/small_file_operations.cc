// Many small files. Each operation opens and closes what it works on.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "files/content.h"
#include "files/operation.h"

namespace pmubench::files {
namespace {

class SmallFileOperation : public Operation {
 public:
  SmallFileOperation(Workspace& workspace, const std::filesystem::path& at)
      : workspace_(workspace), at_(at) {}

 protected:
  /// Paths are made ahead: a step allocates nothing.
  void MakePaths(const std::string& folder, std::uint64_t count) {
    paths_.clear();
    for (std::uint64_t i = 0; i < count; ++i)
      paths_.push_back((at_ / folder / SmallName(i)).string());
  }

  /// The number of the next file, over and over.
  std::uint64_t Next() { return step_++ % paths_.size(); }

  /// The files of the workspace that stay.
  Result<void> UseStanding() {
    if (auto made = workspace_.MakeSmallFiles(); !made) return made;
    MakePaths("small", workspace_.sizes().count);
    return {};
  }

  /// Names for `count` files in a new folder.
  Result<void> UseNew(std::uint64_t count) {
    auto made = workspace_.MakeFolder();
    if (!made) return made.error();
    folder_ = *std::move(made);
    MakePaths(folder_, count);
    return {};
  }

  [[nodiscard]] std::filesystem::path Below() const { return workspace_.folder() / folder_; }

  /// Entries of the new folder below, "." and ".." not counted.
  [[nodiscard]] std::uint64_t CountBelow() const {
    std::error_code ignored;
    std::uint64_t count = 0;
    for (auto i = std::filesystem::directory_iterator(Below(), ignored);
         i != std::filesystem::directory_iterator(); i.increment(ignored)) {
      ++count;
    }
    return count;
  }

  void RemoveNew() {
    std::error_code ignored;
    std::filesystem::remove_all(Below(), ignored);
  }

  [[nodiscard]] static Error Wrong(const std::string& path, const char* what) {
    return {ErrorCode::kSystem, fmt::format("{}: {}", path, what), ""};
  }

  Workspace& workspace_;
  std::filesystem::path at_;
  std::string folder_;
  std::vector<std::string> paths_;
  std::array<char, kSmallFile> buffer_{};
  std::uint64_t step_ = 0;
};

/// open, write, close.
class Create : public SmallFileOperation {
 public:
  using SmallFileOperation::SmallFileOperation;
  [[nodiscard]] std::uint64_t bytes() const override { return kSmallFile; }

  Result<void> Prepare(std::uint64_t steps) override {
    Fill(buffer_, 0, 0);
    return UseNew(steps);
  }

  Result<void> Step() override {
    const std::uint64_t i = Next();
    const char* path = paths_[i].c_str();
    Stamp(buffer_, i, 0);
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return FileError("cannot create", path, errno);
    const ssize_t done = write(file, buffer_.data(), buffer_.size());
    const int error = done < 0 ? errno : ENOSPC;
    if (close(file) != 0 || done != static_cast<ssize_t>(buffer_.size())) {
      return FileError("cannot write", path, error);
    }
    return {};
  }

  Result<void> Verify() override {
    for (std::uint64_t i = 0; i < step_; ++i) {
      if (auto right = CheckContent(Below() / SmallName(i), i, kSmallFile); !right) return right;
    }
    if (CountBelow() != step_) return Wrong(Below().string(), "holds other files than were made");
    RemoveNew();
    return {};
  }
};

/// open, read, close.
class ReadSmall : public SmallFileOperation {
 public:
  using SmallFileOperation::SmallFileOperation;
  [[nodiscard]] std::uint64_t bytes() const override { return kSmallFile; }

  Result<void> Prepare(std::uint64_t) override { return UseStanding(); }

  Result<void> Step() override {
    const std::uint64_t i = Next();
    const char* path = paths_[i].c_str();
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return FileError("cannot open", path, errno);
    const ssize_t got = read(file, buffer_.data(), buffer_.size());
    const int error = errno;
    close(file);
    if (got < 0) return FileError("cannot read", path, error);
    if (got != static_cast<ssize_t>(buffer_.size()) || !Stamped(buffer_, i, 0)) {
      return Wrong(path, "not what was written");
    }
    return {};
  }

  Result<void> Verify() override {
    for (std::uint64_t i = 0; i < paths_.size(); ++i) {
      if (auto right = CheckContent(paths_[i], i, kSmallFile); !right) return right;
    }
    return {};
  }
};

class Unlink : public SmallFileOperation {
 public:
  using SmallFileOperation::SmallFileOperation;

  Result<void> Prepare(std::uint64_t steps) override {
    if (auto made = UseNew(steps); !made) return made;
    for (std::uint64_t i = 0; i < steps; ++i) {
      if (auto made = WriteContent(Below() / SmallName(i), i, kSmallFile); !made) return made;
    }
    return {};
  }

  Result<void> Step() override {
    const char* path = paths_[Next()].c_str();
    if (unlink(path) != 0) return FileError("cannot remove", path, errno);
    return {};
  }

  Result<void> Verify() override {
    if (CountBelow() + step_ != paths_.size()) return Wrong(Below().string(), "not all are gone");
    RemoveNew();
    return {};
  }
};

class Stat : public SmallFileOperation {
 public:
  using SmallFileOperation::SmallFileOperation;

  Result<void> Prepare(std::uint64_t) override { return UseStanding(); }

  Result<void> Step() override {
    const char* path = paths_[Next()].c_str();
    struct stat status {};
    if (stat(path, &status) != 0) return FileError("cannot stat", path, errno);
    if (!S_ISREG(status.st_mode) || status.st_size != kSmallFile) return Wrong(path, "wrong size");
    return {};
  }

  Result<void> Verify() override { return {}; }
};

/// Opens a folder, reads all names, closes it.
class Readdir : public SmallFileOperation {
 public:
  using SmallFileOperation::SmallFileOperation;

  Result<void> Prepare(std::uint64_t) override {
    if (auto made = UseStanding(); !made) return made;
    path_ = (at_ / "small").string();
    sum_ = paths_.size() * (paths_.size() - 1) / 2;
    return {};
  }

  Result<void> Step() override {
    DIR* folder = opendir(path_.c_str());
    if (folder == nullptr) return FileError("cannot list", path_, errno);
    std::uint64_t count = 0;
    std::uint64_t sum = 0;
    errno = 0;
    while (const dirent* entry = readdir(folder)) {
      if (entry->d_name[0] != 'f') continue;
      ++count;
      for (std::uint64_t digit = 100'000, i = 1; digit > 0; digit /= 10, ++i) {
        sum += digit * static_cast<std::uint64_t>(entry->d_name[i] - '0');
      }
    }
    const int error = errno;
    closedir(folder);
    if (error != 0) return FileError("cannot list", path_, error);
    if (count != paths_.size() || sum != sum_) return Wrong(path_, "not the names that are there");
    return {};
  }

  Result<void> Verify() override { return {}; }

 private:
  std::string path_;
  std::uint64_t sum_ = 0;  ///< of the numbers in the names
};

/// There, and back the next time round.
class Rename : public SmallFileOperation {
 public:
  using SmallFileOperation::SmallFileOperation;

  Result<void> Prepare(std::uint64_t) override {
    if (auto made = UseNew(workspace_.sizes().count); !made) return made;
    for (std::uint64_t i = 0; i < paths_.size(); ++i) {
      if (auto made = WriteContent(Below() / SmallName(i), i, kSmallFile); !made) return made;
      others_.push_back(paths_[i] + "-renamed");
    }
    return {};
  }

  Result<void> Step() override {
    const bool back = step_ / paths_.size() % 2 == 1;
    const std::uint64_t i = Next();
    const std::string& from = back ? others_[i] : paths_[i];
    const std::string& to = back ? paths_[i] : others_[i];
    if (rename(from.c_str(), to.c_str()) != 0) return FileError("cannot rename", from, errno);
    return {};
  }

  Result<void> Verify() override {
    for (std::uint64_t i = 0; i < paths_.size(); ++i) {
      const std::uint64_t times = step_ / paths_.size() + (step_ % paths_.size() > i ? 1 : 0);
      const std::string name = SmallName(i) + (times % 2 == 1 ? "-renamed" : "");
      if (auto right = CheckContent(Below() / name, i, kSmallFile); !right) return right;
    }
    if (CountBelow() != paths_.size()) return Wrong(Below().string(), "a name too many");
    RemoveNew();
    return {};
  }

 private:
  std::vector<std::string> others_;
};

template <class Kind>
std::unique_ptr<Operation> Make(Workspace& workspace, const std::filesystem::path& at) {
  return std::make_unique<Kind>(workspace, at);
}

}  // namespace

std::vector<OperationKind> SmallFileOperations() {
  return {{"small_create", true, Make<Create>}, {"small_read", false, Make<ReadSmall>},
          {"small_unlink", true, Make<Unlink>}, {"stat", false, Make<Stat>},
          {"readdir", false, Make<Readdir>},    {"rename", false, Make<Rename>}};
}

std::vector<OperationKind> AllOperations() {
  std::vector<OperationKind> all = BlockOperations();
  for (const OperationKind& kind : SmallFileOperations()) all.push_back(kind);
  return all;
}

}  // namespace pmubench::files
