// One file, read or written a block at a time: in order from the begin, and again; or anywhere.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "files/content.h"
#include "files/operation.h"

namespace pmubench::files {
namespace {

enum class Order { kSequential, kRandom };

class BlockOperation : public Operation {
 public:
  BlockOperation(Workspace& workspace, const std::filesystem::path& at, const char* name,
                 Order order)
      : workspace_(workspace),
        path_(at / name),
        order_(order),
        block_(order == Order::kRandom ? kRandomBlock : workspace.sizes().block),
        blocks_(workspace.sizes().file / block_),
        buffer_(block_) {}

  [[nodiscard]] std::uint64_t bytes() const override { return block_; }

 protected:
  /// The block of the next step.
  std::uint64_t Next() {
    const std::uint64_t step = step_++;
    return (order_ == Order::kRandom ? Mix(step) : step) % blocks_;
  }

  [[nodiscard]] Error Failed(const char* what, std::uint64_t block, int error) const {
    return FileError(fmt::format("cannot {} {} bytes at {} of", what, block_, block * block_),
                     path_, error);
  }

  Workspace& workspace_;
  std::filesystem::path path_;
  Order order_;
  std::uint64_t block_;
  std::uint64_t blocks_;
  std::uint64_t step_ = 0;
  std::vector<char> buffer_;
  File file_;
};

template <Order order>
class Read : public BlockOperation {
 public:
  Read(Workspace& workspace, const std::filesystem::path& at)
      : BlockOperation(workspace, at, "data", order) {}

  Result<void> Prepare(std::uint64_t) override {
    if (auto made = workspace_.MakeData(); !made) return made;
    auto file = File::Open(path_, O_RDONLY);
    if (!file) return file.error();
    file_ = *std::move(file);
    return {};
  }

  Result<void> Step() override {
    const std::uint64_t block = Next();
    const ssize_t got =
        pread(file_.get(), buffer_.data(), block_, static_cast<off_t>(block * block_));
    if (got < 0) return Failed("read", block, errno);
    if (got != static_cast<ssize_t>(block_) || !Stamped(buffer_, 0, block * block_)) {
      return Error{ErrorCode::kSystem,
                   fmt::format("{}: {} bytes read at {} are not what was written", path_.string(),
                               got, block * block_),
                   ""};
    }
    return {};
  }

  /// Every byte, through the file system that was measured.
  Result<void> Verify() override { return CheckContent(path_, 0, workspace_.sizes().file); }
};

template <Order order>
class Write : public BlockOperation {
 public:
  Write(Workspace& workspace, const std::filesystem::path& at)
      : BlockOperation(workspace, at, "written", order),
        below_(workspace.folder() / "written"),
        written_(blocks_, false) {}

  Result<void> Prepare(std::uint64_t) override {
    if (auto made = WriteContent(below_, kOld, workspace_.sizes().file); !made) return made;
    auto file = File::Open(path_, O_WRONLY);
    if (!file) return file.error();
    file_ = *std::move(file);
    Fill(buffer_, kNew, 0);
    return {};
  }

  Result<void> Step() override {
    const std::uint64_t block = Next();
    Stamp(buffer_, kNew, block * block_);
    const ssize_t done =
        pwrite(file_.get(), buffer_.data(), block_, static_cast<off_t>(block * block_));
    if (done != static_cast<ssize_t>(block_)) {
      return Failed("write", block, done < 0 ? errno : ENOSPC);
    }
    written_[block] = true;
    return {};
  }

  /// What was written is new and everything else is as it was.
  Result<void> Verify() override {
    file_ = File();
    auto file = File::Open(below_, O_RDONLY);
    if (!file) return file.error();
    for (std::uint64_t block = 0; block < blocks_; ++block) {
      const off_t offset = static_cast<off_t>(block * block_);
      const ssize_t got = pread(file->get(), buffer_.data(), block_, offset);
      if (got != static_cast<ssize_t>(block_) ||
          !Right(buffer_, written_[block] ? kNew : kOld, block * block_)) {
        return Error{ErrorCode::kSystem,
                     fmt::format("{}: the block at {}, which was {}written, is not as it should be",
                                 below_.string(), offset, written_[block] ? "" : "not "),
                     ""};
      }
    }
    return {};
  }

 private:
  static constexpr std::uint64_t kOld = 1;
  static constexpr std::uint64_t kNew = 2;

  std::filesystem::path below_;
  std::vector<bool> written_;
};

template <class Kind>
std::unique_ptr<Operation> Make(Workspace& workspace, const std::filesystem::path& at) {
  return std::make_unique<Kind>(workspace, at);
}

}  // namespace

std::vector<OperationKind> BlockOperations() {
  return {{"sequential_read", false, Make<Read<Order::kSequential>>},
          {"sequential_write", false, Make<Write<Order::kSequential>>},
          {"random_read", false, Make<Read<Order::kRandom>>},
          {"random_write", false, Make<Write<Order::kRandom>>}};
}

}  // namespace pmubench::files
