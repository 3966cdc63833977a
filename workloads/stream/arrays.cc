#include "stream/arrays.h"

#include <fmt/format.h>

#include <cassert>

namespace pmubench::stream {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kSmallPage = 4096;
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

Result<Arrays> Arrays::Allocate(std::size_t n, PageSize pages) {
  assert(n % kLineDoubles == 0);
  const std::size_t unit = pages == PageSize::kHuge ? kHugePage : kSmallPage;
  const std::size_t page = n * sizeof(double) >= kHugePage ? unit : kSmallPage;
  const std::size_t stride = (n * sizeof(double) + kStagger + page - 1) / page * page;
  if (const auto fits = CheckFits(3 * stride, AvailableMemory(), 3); !fits) return fits.error();
  auto memory = Mapping::Anonymous(3 * stride, pages);
  if (!memory) return memory.error();
  Arrays arrays;
  arrays.memory_ = *std::move(memory);
  auto* start = static_cast<char*>(arrays.memory_.start());
  arrays.a_ = reinterpret_cast<double*>(start);
  arrays.b_ = reinterpret_cast<double*>(start + stride + kStagger / 3);
  arrays.c_ = reinterpret_cast<double*>(start + 2 * stride + 2 * kStagger / 3);
  arrays.n_ = n;
  return arrays;
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
