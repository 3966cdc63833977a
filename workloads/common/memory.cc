#include "common/memory.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "platform/files.h"

namespace pmubench {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kSmallPage = 4096;

}  // namespace

std::size_t AvailableMemory() {
  const auto text = ReadText("/proc/meminfo");
  if (!text) return 0;
  const auto field = FieldOf(*text, "MemAvailable");
  if (!field) return 0;
  const auto kib = ParseUnsigned(Split(*field, ' ').front());
  return kib ? static_cast<std::size_t>(*kib) << 10 : 0;
}

Result<void> CheckFits(std::size_t bytes, std::size_t available, std::size_t arrays) {
  const std::size_t usable = available / 10 * 9;
  if (available == 0 || bytes <= usable) return {};
  return Error{
      ErrorCode::kUsage,
      fmt::format("{} MiB do not fit: {} MiB of memory are available", bytes >> 20,
                  available >> 20),
      fmt::format("give at most {} MiB{}", usable / arrays >> 20, arrays > 1 ? " an array" : "")};
}

Result<Mapping> Mapping::Anonymous(std::size_t bytes, Pages pages) {
  const std::size_t unit = pages == Pages::kHuge && bytes >= kHugePage ? kHugePage : kSmallPage;
  const std::size_t mapped = (bytes + unit - 1) / unit * unit + unit;
  void* memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    return Error{ErrorCode::kSystem,
                 fmt::format("no address space for {} MiB: {}", mapped >> 20, std::strerror(errno)),
                 "raise ulimit -v, or give a smaller size"};
  }
  madvise(memory, mapped, pages == Pages::kHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  Mapping mapping;
  mapping.memory_ = memory;
  mapping.mapped_ = mapped;
  const auto first = reinterpret_cast<std::uintptr_t>(memory);
  mapping.start_ = reinterpret_cast<void*>((first + unit - 1) / unit * unit);
  return mapping;
}

Mapping::~Mapping() {
  if (memory_ != nullptr) munmap(memory_, mapped_);
}

}  // namespace pmubench
