// MRS of the PMUv3 counters. Included by counters/counter_register.h only.
#pragma once

#include <array>
#include <cstdint>

namespace pmubench {

inline constexpr const char* kUserReadInstruction = "mrs";
/// config1 bit 1 asks for user access, bit 0 for 64 bits. Without FEAT_PMUv3p5 the driver gives
/// both at once only to the cycle counter, and refuses others with EOPNOTSUPP.
inline constexpr std::array<std::uint64_t, 3> kUserAccessConfig1 = {3, 2, 0};

/// MRS of a counter is not ordered with the instructions before it; ISB makes it so.
inline void SynchronizeCounters() { asm volatile("isb" ::: "memory"); }

/// Number 31 is PMCCNTR_EL0. The event counters are named one by one: PMSELR_EL0 with PMXEVCNTR_EL0
/// takes two instructions, and a switch to another thread between them would change the selection.
inline std::uint64_t ReadCounterRegister(std::uint32_t number) {
  std::uint64_t value = 0;
#define PMUBENCH_EVENT_COUNTER(n)                                       \
  case n:                                                               \
    asm volatile("mrs %0, pmevcntr" #n "_el0" : "=r"(value)::"memory"); \
    break;
  switch (number) {
    PMUBENCH_EVENT_COUNTER(0)
    PMUBENCH_EVENT_COUNTER(1)
    PMUBENCH_EVENT_COUNTER(2)
    PMUBENCH_EVENT_COUNTER(3)
    PMUBENCH_EVENT_COUNTER(4)
    PMUBENCH_EVENT_COUNTER(5)
    PMUBENCH_EVENT_COUNTER(6)
    PMUBENCH_EVENT_COUNTER(7)
    PMUBENCH_EVENT_COUNTER(8)
    PMUBENCH_EVENT_COUNTER(9)
    PMUBENCH_EVENT_COUNTER(10)
    PMUBENCH_EVENT_COUNTER(11)
    PMUBENCH_EVENT_COUNTER(12)
    PMUBENCH_EVENT_COUNTER(13)
    PMUBENCH_EVENT_COUNTER(14)
    PMUBENCH_EVENT_COUNTER(15)
    PMUBENCH_EVENT_COUNTER(16)
    PMUBENCH_EVENT_COUNTER(17)
    PMUBENCH_EVENT_COUNTER(18)
    PMUBENCH_EVENT_COUNTER(19)
    PMUBENCH_EVENT_COUNTER(20)
    PMUBENCH_EVENT_COUNTER(21)
    PMUBENCH_EVENT_COUNTER(22)
    PMUBENCH_EVENT_COUNTER(23)
    PMUBENCH_EVENT_COUNTER(24)
    PMUBENCH_EVENT_COUNTER(25)
    PMUBENCH_EVENT_COUNTER(26)
    PMUBENCH_EVENT_COUNTER(27)
    PMUBENCH_EVENT_COUNTER(28)
    PMUBENCH_EVENT_COUNTER(29)
    PMUBENCH_EVENT_COUNTER(30)
    case 31:
      asm volatile("mrs %0, pmccntr_el0" : "=r"(value)::"memory");
      break;
    default:
      break;
  }
#undef PMUBENCH_EVENT_COUNTER
  return value;
}

}  // namespace pmubench
