// The page that the kernel shares for every mapped event, and the arithmetic of reading a counter
// with it (linux/perf_event.h, struct perf_event_mmap_page).
#pragma once

#include <linux/perf_event.h>

#include <atomic>
#include <cstdint>

namespace pmubench {

/// `raw`, of which the counter implements `width` bits (1 to 64), with its sign extended: the
/// kernel starts counters below zero so that they overflow where it wants.
[[nodiscard]] constexpr std::int64_t SignExtend(std::uint64_t raw, unsigned width) {
  const unsigned unused = 64 - width;
  return static_cast<std::int64_t>(raw << unused) >> unused;
}

enum class UserReadState {
  kValue,       ///< read
  kNotOffered,  ///< the page has no access to give: software event, or the kernel has it off
  kNotOnPmu,    ///< `index` is 0: the event has no counter now, or access is off (arm64)
  kBusy,        ///< the page changed at every attempt
};

/// One event, read in user space. Never scaled.
struct UserReading {
  UserReadState state = UserReadState::kBusy;
  std::uint64_t value = 0;  ///< as read(2) would give; wraps at 64 bits
  /// The event ran all the time that it was enabled, by the kernel's last update of the page.
  bool whole = false;
};

/// On the event's own CPU the page changes only by interrupts: a second attempt is rare, and this
/// many in a row mean that somebody else writes the page.
inline constexpr int kUserReadAttempts = 1000;

namespace user_page_internal {

/// Bit of `capabilities`, whose bit field has no address to load from atomically.
inline constexpr std::uint64_t kCapUserRdpmc = 1ULL << 2;

/// Acquire orders the second load of `lock` after all fields; no fence is needed.
template <typename T>
[[nodiscard]] T Load(const T& field) {
  return __atomic_load_n(&field, __ATOMIC_ACQUIRE);
}

}  // namespace user_page_internal

/// Reads the counter of `page` by `read_register(number)`. Only the thread that the event counts
/// may call it: the number is that of the CPU it runs on. Lock-free, no system call.
template <typename ReadRegister>
[[nodiscard]] UserReading ReadUserPage(const perf_event_mmap_page& page,
                                       ReadRegister&& read_register) {
  using user_page_internal::Load;
  for (int attempt = 0; attempt < kUserReadAttempts; ++attempt) {
    const std::uint32_t lock = Load(page.lock);
    if ((lock & 1) != 0) continue;  // The kernel is writing.
    UserReading reading;
    const std::uint32_t index = Load(page.index);
    const std::uint64_t capabilities = Load(page.capabilities);
    const unsigned width = Load(page.pmc_width);
    reading.whole = Load(page.time_enabled) == Load(page.time_running);
    const auto offset = static_cast<std::uint64_t>(Load(page.offset));
    if ((capabilities & user_page_internal::kCapUserRdpmc) == 0 || width > 64) {
      reading.state = UserReadState::kNotOffered;
    } else if (index == 0 || width == 0) {
      reading.state = UserReadState::kNotOnPmu;
    } else {
      reading.state = UserReadState::kValue;
      reading.value =
          offset + static_cast<std::uint64_t>(SignExtend(read_register(index - 1), width));
    }
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (Load(page.lock) == lock) return reading;
  }
  return {};
}

}  // namespace pmubench
