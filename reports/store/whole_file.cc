#include "reports/store/whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace pmubench::store {
namespace {

Error CannotWrite(const std::filesystem::path& file) {
  return {ErrorCode::kSystem,
          fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)),
          errno == ENOSPC ? "free space; nothing was changed" : ""};
}

}  // namespace

Result<void> WriteWhole(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path temporary = fmt::format("{}.{}.tmp", file.string(), getpid());
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return CannotWrite(file);
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = write(fd, text.data() + written, text.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    written += static_cast<std::size_t>(n);
  }
  const bool whole = written == text.size() && fsync(fd) == 0;
  const Error failed = CannotWrite(file);
  close(fd);
  if (!whole || rename(temporary.c_str(), file.c_str()) != 0) {
    const Error reason = whole ? CannotWrite(file) : failed;
    unlink(temporary.c_str());
    return reason;
  }
  return {};
}

}  // namespace pmubench::store
