// Code that is mostly calls and returns: what control-flow protection costs shows here. One source,
// compiled once for each way of protecting it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pmubench::protection {

using Leaf = std::uint64_t (*)(std::uint64_t);
constexpr std::size_t kTargets = 4;  ///< of an indirect call: leaves, classes

/// One build of the kernels.
struct Kernels {
  const char* isa;         ///< what it was compiled for: "x86-64", "armv8-a", "armv8.5-a"
  const char* protection;  ///< the compiler's own word: "none", "standard", "full", ...

  /// The Fibonacci number, by two calls of itself.
  std::uint64_t (*fib)(unsigned n);
  /// Calls itself `depth` deep, each with a stack frame; adds depth, depth - 1, ... and 1 each.
  std::uint64_t (*descend)(unsigned depth, std::uint64_t value);
  /// A virtual call for each of `order`, which are below kTargets.
  std::uint64_t (*visit)(std::span<const std::uint8_t> order, std::uint64_t value);
  /// The same through a table of kTargets functions.
  std::uint64_t (*call)(const Leaf* table, std::span<const std::uint8_t> order,
                        std::uint64_t value);
  const Leaf* leaves;  ///< functions of one instruction and the return
};

}  // namespace pmubench::protection
