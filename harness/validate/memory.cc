#include "validate/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace pmubench {

Pages::Pages(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  data_ = static_cast<std::byte*>(memory);
  size_ = bytes;
}

Pages::Pages(Pages&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Pages::~Pages() {
  if (data_ != nullptr) munmap(data_, size_);
}

std::size_t Pages::PageSize() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

void* MakeChain(const Pages& pages, std::size_t stride, std::size_t line) {
  const std::size_t places = pages.size() / stride;
  const std::size_t lines = stride / line;
  std::vector<std::size_t> order(places);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(1);
  for (std::size_t i = places; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  const auto place = [&](std::size_t i) {
    return reinterpret_cast<void**>(pages.data() + order[i] * stride + order[i] % lines * line);
  };
  for (std::size_t i = 0; i < places; ++i) *place(i) = static_cast<void*>(place((i + 1) % places));
  return static_cast<void*>(place(0));
}

}  // namespace pmubench
