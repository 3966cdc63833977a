// Records on disk: a reader never sees half a record, and a failed write leaves the one before.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <random>
#include <utility>

#include "reports/record.h"

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
int WriteAll(int fd, const std::string& text) {
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
             bool had_record) {
  Error error{ErrorCode::kSystem,
              fmt::format("cannot write the record {} ({} bytes): {}", file.string(), bytes,
                          ::strerror(err)),
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
  if (had_record) error.message += "; the earlier record is as it was";
  return error;
}

std::string RandomHex(std::size_t digits) {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::random_device device;
    for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(device());
  }
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text.substr(0, digits);
}

Result<void> WriteBeside(const std::string& text, const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code ignored;
  const bool had_record = fs::exists(file, ignored);
  const fs::path beside = file.string() + "." + RandomHex(8) + ".tmp";
  Descriptor output(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (output.get() < 0) return Failed(errno, file, folder, text.size(), had_record);

  int err = WriteAll(output.get(), text);
  if (err == 0 && ::fsync(output.get()) != 0) err = errno;
  if (output.Close() != 0 && err == 0) err = errno;
  if (err == 0 && ::rename(beside.c_str(), file.c_str()) != 0) err = errno;
  if (err != 0) {
    // Measured before the half-written file gives its space back.
    Error error = Failed(err, file, folder, text.size(), had_record);
    ::unlink(beside.c_str());
    return error;
  }
  // The rename itself is only safe against a power cut once the folder is written. Not every file
  // system can do that, and the record is complete either way.
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

Result<void> WriteThrough(const std::string& text, const fs::path& file) {
  const Descriptor output(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  const int err = output.get() < 0 ? errno : WriteAll(output.get(), text);
  if (err != 0) return Failed(err, file, file.parent_path(), text.size(), false);
  return {};
}

}  // namespace

Result<void> WriteRecord(const Record& record, const fs::path& file) {
  const std::string text = ToJson(record);
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    if (fs::is_directory(status)) return Failed(EISDIR, file, file, text.size(), false);
    return WriteThrough(text, file);
  }
  return WriteBeside(text, Target(file));
}

Result<Record> ReadRecord(const fs::path& file) {
  std::error_code error;
  if (fs::is_directory(file, error)) {
    return Error{ErrorCode::kBadInput, file.string() + " is a folder", "name a record file"};
  }
  std::ifstream input(file, std::ios::binary);
  if (!input) {
    const bool missing = errno == ENOENT;
    return Error{missing ? ErrorCode::kNotFound : ErrorCode::kBadInput,
                 fmt::format("cannot read the record {}: {}", file.string(), ::strerror(errno)),
                 ""};
  }
  const std::string text{std::istreambuf_iterator<char>(input), {}};
  auto record = RecordFromJson(text);
  if (record) return record;
  Error failed = record.error();
  failed.message = fmt::format("{}: {}", file.string(), failed.message);
  return failed;
}

std::string NewRunId() {
  std::string hex = RandomHex(32);
  // RFC 9562: version 4 in digit 13, variant 10xx in digit 17.
  hex[12] = '4';
  hex[16] = "89ab"[hex[16] % 4];
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

}  // namespace pmubench
