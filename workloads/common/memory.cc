#include "common/memory.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "platform/files.h"

namespace pmubench {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kSmallPage = 4096;

/// What one group leaves to its members; the largest number where it has no limit. Each file by
/// its name in control groups 2, then in version 1.
std::size_t LeftByGroup(const std::filesystem::path& folder) {
  const auto number = [&](const char* name, const char* old) {
    const auto text = ReadText(folder / name);
    const auto value = ParseUnsigned(text ? *text : ReadText(folder / old).value_or(""));
    return value ? std::optional<std::size_t>(*value) : std::nullopt;
  };
  const auto limit = number("memory.max", "memory.limit_in_bytes");
  const auto used = number("memory.current", "memory.usage_in_bytes");
  if (!limit || !used) return std::numeric_limits<std::size_t>::max();
  std::size_t cache = 0;
  for (const std::string& line : Split(ReadText(folder / "memory.stat").value_or(""), '\n')) {
    const auto words = Split(line, ' ');
    if (words.size() == 2 && (words[0] == "file" || words[0] == "cache")) {
      cache = ParseUnsigned(words[1]).value_or(0);
    }
  }
  const std::size_t held = *used - std::min(cache, *used);
  return *limit - std::min(held, *limit);
}

/// By this process's groups and those above them.
std::size_t LeftByGroups(const std::filesystem::path& root) {
  std::size_t left = std::numeric_limits<std::size_t>::max();
  for (const std::string& line : Split(ReadText(root / "proc/self/cgroup").value_or(""), '\n')) {
    const auto parts = Split(line, ':');  // hierarchy, controllers, path
    if (parts.size() != 3 || parts[2].empty() || (!parts[1].empty() && parts[1] != "memory")) {
      continue;
    }
    const auto mount = root / (parts[1].empty() ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
    std::filesystem::path group = parts[2].substr(1);
    for (; !group.empty(); group = group.parent_path()) {
      left = std::min(left, LeftByGroup(mount / group));
    }
    left = std::min(left, LeftByGroup(mount));
  }
  return left;
}

}  // namespace

std::size_t AvailableMemory(const std::filesystem::path& root) {
  const auto text = ReadText(root / "proc/meminfo");
  if (!text) return 0;
  const auto field = FieldOf(*text, "MemAvailable");
  if (!field) return 0;
  const auto kib = ParseUnsigned(Split(*field, ' ').front());
  if (!kib) return 0;
  const std::size_t available = std::min(static_cast<std::size_t>(*kib) << 10, LeftByGroups(root));
  return std::max<std::size_t>(available, 1);  // 0 is for what is not known
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

Result<Mapping> Mapping::Anonymous(std::size_t bytes, PageSize pages) {
  const std::size_t unit = pages == PageSize::kHuge && bytes >= kHugePage ? kHugePage : kSmallPage;
  const std::size_t mapped = (bytes + unit - 1) / unit * unit + unit;
  void* memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    return Error{ErrorCode::kSystem,
                 fmt::format("no address space for {} MiB: {}", mapped >> 20, std::strerror(errno)),
                 "raise ulimit -v, or give a smaller size"};
  }
  madvise(memory, mapped, pages == PageSize::kHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
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
