// Architectures whose counters we cannot read in user space. Included by
// counters/counter_register.h only.
#pragma once

#include <array>
#include <cstdint>

namespace pmubench {

inline constexpr const char* kUserReadInstruction = "";
inline constexpr std::array<std::uint64_t, 1> kUserAccessConfig1 = {0};

inline void SynchronizeCounters() {}
inline std::uint64_t ReadCounterRegister(std::uint32_t /*number*/) { return 0; }

}  // namespace pmubench
