#include "stream/arrays.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "platform/files.h"

namespace pmubench::stream {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
// Arrays that start at the same offset of a cache set or DRAM row fight for it: three pages of
// distance between them.
constexpr std::size_t kStagger = 3 * 4096;

// Periods without a common factor, so that a line in the wrong place gives a wrong value.
double ValueOfB(std::size_t i) { return 1.0 + static_cast<double>(i % 1021); }
double ValueOfC(std::size_t i) { return 2.0 + static_cast<double>(i % 509); }

double Expected(Op op, std::size_t i) {
  switch (op) {
    case Op::kRead:
      return ValueOfB(i);
    case Op::kWrite:
      return kWritten;
    case Op::kCopy:
      return ValueOfB(i);
    case Op::kScale:
      return kFactor * ValueOfB(i);
    case Op::kAdd:
      return ValueOfB(i) + ValueOfC(i);
    case Op::kTriad:
      return ValueOfB(i) + kFactor * ValueOfC(i);
  }
  return 0;
}

}  // namespace

std::size_t AvailableMemory() {
  const auto text = ReadText("/proc/meminfo");
  if (!text) return 0;
  const auto field = FieldOf(*text, "MemAvailable");
  if (!field) return 0;
  const auto kib = ParseUnsigned(Split(*field, ' ').front());
  return kib ? static_cast<std::size_t>(*kib) << 10 : 0;
}

Result<void> CheckFits(std::size_t bytes, std::size_t available) {
  const std::size_t usable = available / 10 * 9;
  if (available == 0 || bytes <= usable) return {};
  return Error{ErrorCode::kUsage,
               fmt::format("arrays of {} MiB together do not fit: {} MiB of memory are available",
                           bytes >> 20, available >> 20),
               fmt::format("give at most {} MiB an array", usable / 3 >> 20)};
}

Result<Arrays> Arrays::Allocate(std::size_t n, Pages pages) {
  assert(n % kLineDoubles == 0);
  Arrays arrays;
  const std::size_t unit =
      pages == Pages::kHuge && n * sizeof(double) >= kHugePage ? kHugePage : 4096;
  const std::size_t stride = (n * sizeof(double) + kStagger + unit - 1) / unit * unit;
  arrays.bytes_ = 3 * stride + unit;
  if (const auto fits = CheckFits(3 * stride, AvailableMemory()); !fits) return fits.error();
  void* memory = mmap(nullptr, arrays.bytes_, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    return Error{
        ErrorCode::kSystem,
        fmt::format("no address space for {} MiB: {}", arrays.bytes_ >> 20, std::strerror(errno)),
        "raise ulimit -v, or give smaller arrays"};
  }
  arrays.memory_ = memory;
  madvise(memory, arrays.bytes_, pages == Pages::kHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  const auto start = (reinterpret_cast<std::uintptr_t>(memory) + unit - 1) / unit * unit;
  arrays.a_ = reinterpret_cast<double*>(start);
  arrays.b_ = reinterpret_cast<double*>(start + stride + kStagger / 3);
  arrays.c_ = reinterpret_cast<double*>(start + 2 * stride + 2 * kStagger / 3);
  arrays.n_ = n;
  return arrays;
}

Arrays::Arrays(Arrays&& other) noexcept { *this = std::move(other); }

Arrays& Arrays::operator=(Arrays&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(bytes_, other.bytes_);
  std::swap(a_, other.a_);
  std::swap(b_, other.b_);
  std::swap(c_, other.c_);
  std::swap(n_, other.n_);
  return *this;
}

Arrays::~Arrays() {
  if (memory_ != nullptr) munmap(memory_, bytes_);
}

void Arrays::Fill(std::size_t count) {
  if (count == 0) count = n_;
  for (std::size_t i = 0; i < count; ++i) {
    a_[i] = -1;
    b_[i] = ValueOfB(i);
    c_[i] = ValueOfC(i);
  }
}

std::string Arrays::Check(Op op, double sum, std::size_t count) const {
  if (count == 0) count = n_;
  if (op == Op::kRead) {
    double expected = 0;  // whole numbers below 2^53: exact in any order
    for (std::size_t i = 0; i < count; ++i) expected += ValueOfB(i);
    return sum == expected ? "" : fmt::format("sum {} instead of {}", sum, expected);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (a_[i] != Expected(op, i)) {
      return fmt::format("element {} is {} instead of {}", i, a_[i], Expected(op, i));
    }
  }
  return "";
}

}  // namespace pmubench::stream
