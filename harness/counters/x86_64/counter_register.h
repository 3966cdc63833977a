// RDPMC. Included by counters/counter_register.h only.
#pragma once

#include <array>
#include <cstdint>

namespace pmubench {

inline constexpr const char* kUserReadInstruction = "rdpmc";
/// Every mapped event is readable; nothing to ask for.
inline constexpr std::array<std::uint64_t, 1> kUserAccessConfig1 = {0};

/// RDPMC is not serialising: without a fence it may execute before what it should count.
inline void SynchronizeCounters() { asm volatile("lfence" ::: "memory"); }

/// The kernel puts fixed counters (bit 30) and top-down metrics (bit 29) into the number.
inline std::uint64_t ReadCounterRegister(std::uint32_t number) {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  asm volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(number) : "memory");
  return static_cast<std::uint64_t>(high) << 32 | low;
}

}  // namespace pmubench
