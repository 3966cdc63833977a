// What one read of a group gives, and the arithmetic on it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pmubench {

/// The largest group: Arm's architecture has 31 general counters and the cycle counter, Intel at
/// most 16 general, 4 fixed and 8 top-down ones.
inline constexpr std::size_t kMaxGroupEvents = 32;

/// Bytes as the kernel writes them for PERF_FORMAT_GROUP | ID | TOTAL_TIME_ENABLED |
/// TOTAL_TIME_RUNNING (perf_event_open(2), "Reading results"). Times in nanoseconds.
struct GroupReading {
  struct Member {
    std::uint64_t value;
    std::uint64_t id;
  };
  std::uint64_t size = 0;  ///< number of members
  std::uint64_t time_enabled = 0;
  std::uint64_t time_running = 0;
  std::array<Member, kMaxGroupEvents> members{};
};

/// Counts and times of one group, summed over intervals. Unsigned differences are exact across a
/// wrap of 64 bits.
struct GroupTotals {
  std::array<std::uint64_t, kMaxGroupEvents> counts{};
  std::uint64_t time_enabled = 0;
  std::uint64_t time_running = 0;

  void AddInterval(const GroupReading& begin, const GroupReading& end) {
    for (std::size_t i = 0; i < end.size && i < kMaxGroupEvents; ++i) {
      counts[i] += end.members[i].value - begin.members[i].value;
    }
    time_enabled += end.time_enabled - begin.time_enabled;
    time_running += end.time_running - begin.time_running;
  }
};

}  // namespace pmubench
