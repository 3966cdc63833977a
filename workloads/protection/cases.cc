#include "protection/cases.h"

#include <algorithm>
#include <cassert>
#include <random>
#include <vector>

namespace pmubench::protection {
namespace {

constexpr std::uint64_t kStart = 1;
constexpr std::size_t kMostCalls = 1024;

std::uint64_t RunFib(const Kernels& kernels, int size) {
  return kernels.fib(static_cast<unsigned>(size));
}

std::uint64_t FibAnswer(int size) {
  std::uint64_t now = 0;
  std::uint64_t next = 1;
  for (int i = 0; i < size; ++i) {
    now += next;
    std::swap(now, next);
  }
  return now;
}

std::uint64_t RunDescend(const Kernels& kernels, int size) {
  return kernels.descend(static_cast<unsigned>(size), kStart);
}

std::uint64_t DescendAnswer(int size) {
  const auto depth = static_cast<std::uint64_t>(size);
  return kStart + depth * (depth + 1) / 2 + depth;
}

std::uint64_t RunVisit(const Kernels& kernels, int size) {
  return kernels.visit(Order(size), kStart);
}

std::uint64_t RunCall(const Kernels& kernels, int size) {
  return kernels.call(kernels.leaves, Order(size), kStart);
}

std::uint64_t StepsAnswer(int size) {
  std::uint64_t value = kStart;
  for (const std::uint8_t which : Order(size)) {
    const std::uint64_t results[kTargets] = {value + 1, value ^ 3, value * 5, value - 7};
    value = results[which];
  }
  return value;
}

// A return predictor holds some 16 to 64 addresses: one chain fits it, one does not.
constexpr Case kCases[] = {
    {"fib", 18, 12, RunFib, FibAnswer},
    {"deep", 16, 16, RunDescend, DescendAnswer},
    {"deep", 1000, 100, RunDescend, DescendAnswer},
    {"virtual", kMostCalls, 100, RunVisit, StepsAnswer},
    {"leaves", kMostCalls, 100, RunCall, StepsAnswer},
};

}  // namespace

std::span<const Case> Cases() { return kCases; }

std::span<const std::uint8_t> Order(int calls) {
  static const std::vector<std::uint8_t> order = [] {
    std::vector<std::uint8_t> targets(kMostCalls);
    std::mt19937 random(1);
    for (std::uint8_t& target : targets) target = static_cast<std::uint8_t>(random() % kTargets);
    return targets;
  }();
  assert(static_cast<std::size_t>(calls) <= order.size());
  return std::span(order).first(static_cast<std::size_t>(calls));
}

}  // namespace pmubench::protection
