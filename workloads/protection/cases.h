// The calls that are measured, and what they have to give.
#pragma once

#include <cstdint>
#include <span>

#include "protection/kernels.h"

namespace pmubench::protection {

struct Case {
  const char* name;
  int size;     ///< measured: what `n`, `depth` or the number of calls is
  int counted;  ///< the same where instructions are counted one by one
  std::uint64_t (*run)(const Kernels& kernels, int size);
  /// The known answer, by other means than calls.
  std::uint64_t (*answer)(int size);
};

[[nodiscard]] std::span<const Case> Cases();

/// Which target each of `calls` indirect calls has: random, the same at every run.
[[nodiscard]] std::span<const std::uint8_t> Order(int calls);

}  // namespace pmubench::protection
