// A group of events whose counts the thread reads itself, without a system call.
#pragma once

#include <array>
#include <cstdint>
#include <thread>
#include <vector>

#include "counters/counter_group.h"
#include "counters/user_page.h"

namespace pmubench {

/// Move-only owner of the page that the kernel shares for one event.
class UserPage {
 public:
  /// Maps the page of `descriptor`. Errors: kSystem.
  static Result<UserPage> Map(Kernel& kernel, int descriptor);

  UserPage(UserPage&& other) noexcept;
  UserPage& operator=(UserPage&& other) noexcept;
  UserPage(const UserPage&) = delete;
  UserPage& operator=(const UserPage&) = delete;
  ~UserPage();

  [[nodiscard]] const perf_event_mmap_page& operator*() const { return *page_; }

 private:
  UserPage(Kernel& kernel, perf_event_mmap_page* page) : kernel_(&kernel), page_(page) {}

  Kernel* kernel_;
  perf_event_mmap_page* page_;
};

/// Counts of a group in the order of its events. Differences are exact across a wrap.
struct UserGroupReading {
  std::array<std::uint64_t, kMaxGroupEvents> values{};
  bool by_registers = false;  ///< else by one read(2) of the group
  bool whole = false;         ///< every event ran all the time it was enabled: nothing to scale
};

/// A group of the calling thread's events with a mapped page each. A read takes every event from
/// its counter register; where one cannot be, a single read(2) gives the whole group, so that the
/// values stay coherent, and Explain() says which event it was and why.
/// Registers are read one after the other, always in the same order: over an interval, events
/// differ by a few instructions. For the opening thread; others get read(2).
/// A mapped event keeps its counter even when its descriptor is closed: the pages go first.
class UserReadGroup {
 public:
  /// Opens and maps. Errors: those of CounterGroup::Open. Events that cannot be mapped or read in
  /// user space are no error.
  static Result<UserReadGroup> Open(Kernel& kernel, const std::vector<EventEncoding>& events,
                                    const CounterOptions& options, const Permissions& permissions);

  UserReadGroup(UserReadGroup&&) noexcept = default;
  UserReadGroup& operator=(UserReadGroup&& other) noexcept;

  Result<void> Enable() { return group_.Enable(); }
  Result<void> Disable() { return group_.Disable(); }

  /// For use inside a timed region: no system call where all registers can be read. False where
  /// the fallback failed: group().Explain() says why.
  [[nodiscard]] bool Read(UserGroupReading& reading) const;

  /// Whether event `i` can be read by its register now; else the reason for the fallback.
  [[nodiscard]] Result<void> Explain(std::size_t i) const;

  [[nodiscard]] const CounterGroup& group() const { return group_; }
  [[nodiscard]] std::size_t size() const { return group_.size(); }

 private:
  UserReadGroup(CounterGroup group, const Permissions& permissions)
      : group_(std::move(group)), permissions_(permissions) {}
  [[nodiscard]] bool ReadRegisters(UserGroupReading& reading) const;

  CounterGroup group_;  // Before the pages: members are destroyed in reverse.
  std::vector<UserPage> pages_;
  std::vector<Error> unmapped_;  ///< one, for the first event without a page, or none
  Permissions permissions_;
  std::thread::id thread_ = std::this_thread::get_id();
};

}  // namespace pmubench
