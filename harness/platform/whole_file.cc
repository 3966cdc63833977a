#include "platform/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <utility>

#include "platform/text.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { (void)Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  int Close() { return fd_ < 0 ? 0 : ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

// Beyond the limit of file sizes (ulimit -f) the kernel sends SIGXFSZ, which ends the process
// unless it is blocked; blocked, write(2) returns EFBIG.
class FileSizeSignalBlocked {
 public:
  FileSizeSignalBlocked() {
    sigemptyset(&signal_);
    sigaddset(&signal_, SIGXFSZ);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGXFSZ) == 1;
    pthread_sigmask(SIG_BLOCK, &signal_, &before_);
  }
  ~FileSizeSignalBlocked() {
    const timespec now{};
    if (!was_pending_) (void)sigtimedwait(&signal_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  FileSizeSignalBlocked(const FileSizeSignalBlocked&) = delete;
  FileSizeSignalBlocked& operator=(const FileSizeSignalBlocked&) = delete;

 private:
  sigset_t signal_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

// 0 or errno.
int WriteAll(int fd, std::string_view text) {
  const FileSizeSignalBlocked blocked;
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(fd, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    done += static_cast<std::size_t>(wrote);
  }
  return 0;
}

Error Failed(int err, const fs::path& file, const fs::path& folder, std::size_t bytes,
             bool had_one) {
  Error error{ErrorCode::kSystem,
              fmt::format("cannot write {} ({} bytes): {}", file.string(), bytes, ::strerror(err)),
              ""};
  switch (err) {
    case ENOSPC:
    case EDQUOT: {
      std::error_code ignored;
      const fs::space_info space = fs::space(folder, ignored);
      if (!ignored) error.message += fmt::format("; {} are free", space.available);
      error.remedy =
          fmt::format("free {} bytes in {}, or name a file elsewhere", bytes, folder.string());
      break;
    }
    case EFBIG:
      error.remedy = "raise the limit of file sizes (ulimit -f unlimited)";
      break;
    case ENOENT:
      error.remedy = fmt::format("create the folder (mkdir -p {})", folder.string());
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      error.remedy = fmt::format("{} must be writable, or name a file elsewhere", folder.string());
      break;
    case EISDIR:
      error.remedy = "name a file, not a folder";
      break;
    default:
      break;
  }
  if (had_one) error.message += "; what it held before is still there";
  return error;
}

Result<void> WriteBeside(std::string_view text, const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code ignored;
  const bool had_one = fs::exists(file, ignored);
  const fs::path beside = file.string() + "." + RandomHex(8) + ".tmp";
  Descriptor output(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (output.get() < 0) return Failed(errno, file, folder, text.size(), had_one);

  int err = WriteAll(output.get(), text);
  if (err == 0 && ::fsync(output.get()) != 0) err = errno;
  if (output.Close() != 0 && err == 0) err = errno;
  if (err == 0 && ::rename(beside.c_str(), file.c_str()) != 0) err = errno;
  if (err != 0) {
    // Measured before the half-written file gives its space back.
    Error error = Failed(err, file, folder, text.size(), had_one);
    ::unlink(beside.c_str());
    return error;
  }
  // The rename itself is only safe against a power cut once the folder is written. Not every file
  // system can do that, and the file is whole either way.
  const Descriptor folder_fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder_fd.get() >= 0) (void)::fsync(folder_fd.get());
  return {};
}

// The file at the end of symbolic links, there or not: a rename would replace the link.
fs::path Target(fs::path file) {
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code error;
    const fs::path next = fs::read_symlink(file, error);
    if (error) break;
    file = next.is_absolute() ? next : file.parent_path() / next;
  }
  return file;
}

Result<void> WriteThrough(std::string_view text, const fs::path& file) {
  const Descriptor output(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  const int err = output.get() < 0 ? errno : WriteAll(output.get(), text);
  if (err != 0) return Failed(err, file, file.parent_path(), text.size(), false);
  return {};
}

}  // namespace

Result<void> WriteWhole(const fs::path& file, std::string_view text) {
  std::error_code error;
  if (fs::is_directory(file, error)) return Failed(EISDIR, file, file, text.size(), false);
  return IsStream(file) ? WriteThrough(text, file) : WriteBeside(text, Target(file));
}

bool IsStream(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

Result<std::string> ReadWhole(const fs::path& file) {
  std::error_code error;
  if (fs::is_directory(file, error)) {
    return Error{ErrorCode::kBadInput, file.string() + " is a folder", "name a file"};
  }
  std::ifstream input(file, std::ios::binary);
  if (!input) {
    const bool missing = errno == ENOENT;
    return Error{missing ? ErrorCode::kNotFound : ErrorCode::kBadInput,
                 fmt::format("cannot read {}: {}", file.string(), ::strerror(errno)), ""};
  }
  std::string text;
  std::array<char, 65536> block;
  while (input.read(block.data(), block.size()) || input.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(input.gcount()));
  }
  if (input.bad()) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("cannot read {}: {}", file.string(), ::strerror(errno)), ""};
  }
  return text;
}

}  // namespace pmubench
