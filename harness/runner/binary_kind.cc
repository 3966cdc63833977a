#include "runner/binary_kind.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

namespace pmubench {
namespace {

/// A file's bytes, mapped for reading.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      error_ = errno;
      return;
    }
    struct stat status {};
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
      size_ = static_cast<std::size_t>(status.st_size);
      void* mapped = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
      if (mapped != MAP_FAILED) data_ = static_cast<const char*>(mapped);
    }
    close(descriptor);
  }
  ~MappedFile() {
    if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] std::string_view bytes() const {
    return data_ == nullptr ? std::string_view{} : std::string_view(data_, size_);
  }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
  int error_ = 0;
};

bool Contains(std::string_view bytes, const std::string& text) {
  return bytes.find(text) != std::string_view::npos;
}

}  // namespace

Result<BinaryKind> InspectBinary(const std::filesystem::path& binary) {
  const MappedFile file(binary);
  if (file.error() != 0) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{}: {}", binary.string(), std::strerror(file.error())), ""};
  }
  const std::string_view bytes = file.bytes();
  if (!bytes.starts_with("\x7f"
                         "ELF")) {
    return Error{ErrorCode::kBadInput, fmt::format("{} is not a program", binary.string()),
                 "give a Google Benchmark binary"};
  }
  // Put together here so that this program does not hold the marker itself.
  const std::string marker = std::string("pmubench-linked") + "-suite/";
  if (Contains(bytes, marker)) return BinaryKind::kLinked;
  if (Contains(bytes, "libbenchmark.so")) return BinaryKind::kSharedEngine;
  if (Contains(bytes, std::string("benchmark_list") + "_tests")) return BinaryKind::kStaticEngine;
  return Error{ErrorCode::kBadInput,
               fmt::format("{} is not a Google Benchmark binary", binary.string()),
               "`pmubench stat -- COMMAND` measures any command"};
}

}  // namespace pmubench
