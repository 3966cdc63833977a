// Memory for the loops: pages that huge pages do not stand behind, and chains of pointers in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace pmubench {

/// Move-only owner of anonymous memory in small pages, zeroed, not yet touched.
class Pages {
 public:
  /// Empty where the memory is not to be had.
  explicit Pages(std::size_t bytes);
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&&) = delete;
  Pages(const Pages&) = delete;
  ~Pages();

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

  static std::size_t PageSize();

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Writes a cycle of pointers through `places` places, `stride` bytes apart, in random order; each
/// place is moved by some lines within its stride so that the places do not share a cache set.
/// Returns the first. A prefetcher cannot guess the next.
[[nodiscard]] void* MakeChain(const Pages& pages, std::size_t stride, std::size_t line);

}  // namespace pmubench
