// Large memory for measurements: whether it fits, and mapped with the pages asked for.
#pragma once

#include <cstddef>
#include <filesystem>
#include <utility>

#include "pmubench/result.h"

namespace pmubench {

/// MemAvailable of /proc/meminfo, or less where a control group (a container) limits this process:
/// its limit less what is in use and no file's cache. Bytes; 0 where unknown.
[[nodiscard]] std::size_t AvailableMemory(const std::filesystem::path& root = "/");

/// Whether `bytes` fit with a tenth to spare; the error says what would, for each of `arrays`
/// equal parts. Memory of unknown size (0) refuses nothing.
[[nodiscard]] Result<void> CheckFits(std::size_t bytes, std::size_t available,
                                     std::size_t arrays = 1);

enum class PageSize { kHuge, kSmall };

/// Zeroed memory, reserved and not touched: the kernel places each page on the node of the thread
/// that touches it first. Move-only.
class Mapping {
 public:
  Mapping() = default;
  /// Huge pages from 2 MiB on, if wanted; the start lies at a page of that size.
  static Result<Mapping> Anonymous(std::size_t bytes, PageSize pages);

  Mapping(Mapping&& other) noexcept { *this = std::move(other); }
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(mapped_, other.mapped_);
    std::swap(start_, other.start_);
    return *this;
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  [[nodiscard]] void* start() const { return start_; }

 private:
  void* memory_ = nullptr;
  std::size_t mapped_ = 0;
  void* start_ = nullptr;
};

}  // namespace pmubench
