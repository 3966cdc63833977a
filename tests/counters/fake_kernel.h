// A kernel with a PMU of chosen size, for tests of the counters without a PMU.
#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "counters/kernel.h"

namespace pmubench {

/// Counters of one PMU: `general` of them, of which `held` are taken by somebody else's pinned
/// events. Counts rise by 1000 a read, times by 100. Events of code `dedicated_code` use a counter
/// of their own first.
class FakeKernel final : public Kernel {
 public:
  int general = 6;
  int held = 0;
  std::uint64_t dedicated_code = 0x11;
  std::uint64_t dead_code = ~0ULL;  ///< opens and never counts
  int refuse_with = 0;              ///< errno of every open, or 0
  bool wrong_ids = false;
  bool skips_off_leader = false;  ///< when it checks whether a group fits, as arm_pmu does
  std::pair<std::uint64_t, std::uint64_t> refused_pair = {~0ULL, ~0ULL};  ///< EINVAL in one group
  std::pair<std::uint64_t, std::uint64_t> silent_pair = {~0ULL, ~0ULL};   ///< the second stays 0
  std::size_t half_from = ~0ULL;         ///< members of a group from this one on count half
  std::uint64_t dedicated_held = ~0ULL;  ///< code whose dedicated counter somebody else has
  bool maps = true;                      ///< events have a page
  perf_event_mmap_page page{};           ///< of every event
  std::vector<int> closed;               ///< in the order of closing
  int reads = 0;
  std::string order;  ///< of mappings 'm', unmappings 'u' and closings 'c'

  int Open(perf_event_attr* attr, pid_t, int, int group_fd, unsigned long) override {
    if (refuse_with != 0) return errno = refuse_with, -1;
    Event event{attr->config, group_fd, attr->pinned != 0,
                attr->disabled != 0 && attr->enable_on_exec == 0};
    if (group_fd >= 0 && Needed(group_fd, &event) > general) return errno = EINVAL, -1;
    if (group_fd >= 0 && Beside(refused_pair, group_fd, event.config)) return errno = EINVAL, -1;
    events_[next_] = event;
    return next_++;
  }

  ssize_t Read(int fd, void* buffer, std::size_t size) override {
    ++reads;
    const int leader = LeaderOf(fd);
    bool taken = false;
    for (const auto& [other, event] : events_) {
      taken |= LeaderOf(other) == leader && event.config == dedicated_held;
    }
    const bool fits = Needed(leader, nullptr) + (taken ? 1 : 0) <= general - held;
    if (!fits && events_[leader].pinned) return 0;
    std::vector<std::uint64_t> words{0, ++clock_ * 100, fits ? clock_ * 100 : 0};
    for (const auto& [other, event] : events_) {
      if (LeaderOf(other) != leader) continue;
      ++words[0];
      const bool silent = event.config == dead_code || Silent(leader, event.config);
      words.push_back(silent || !fits ? 0 : clock_ * (words[0] > half_from ? 500 : 1000));
      words.push_back(static_cast<std::uint64_t>(other) + (wrong_ids ? 5000 : 1000));
    }
    const std::size_t bytes = words.size() * sizeof words[0];
    if (bytes > size) return errno = ENOSPC, -1;
    std::memcpy(buffer, words.data(), bytes);
    return static_cast<ssize_t>(bytes);
  }

  int Ioctl(int fd, unsigned long request, unsigned long argument) override {
    if (request == PERF_EVENT_IOC_ID) {
      *reinterpret_cast<std::uint64_t*>(argument) = static_cast<std::uint64_t>(fd) + 1000;
    }
    return 0;
  }

  void Close(int fd) override {
    events_.erase(fd);
    closed.push_back(fd);
    order += 'c';
  }

  void* Map(int, std::size_t) override {
    if (!maps) return errno = EPERM, MAP_FAILED;
    order += 'm';
    return &page;
  }
  void Unmap(void*, std::size_t) override { order += 'u'; }

  [[nodiscard]] std::size_t open_events() const { return events_.size(); }

 private:
  struct Event {
    std::uint64_t config;
    int group_fd;
    bool pinned;
    bool off;
  };

  int LeaderOf(int fd) { return events_[fd].group_fd < 0 ? fd : events_[fd].group_fd; }

  /// Whether an event of `code` would stand in one group with the other one of `pair`.
  bool Beside(const std::pair<std::uint64_t, std::uint64_t>& pair, int leader, std::uint64_t code) {
    if (code != pair.first && code != pair.second) return false;
    const std::uint64_t partner = code == pair.first ? pair.second : pair.first;
    for (const auto& [fd, event] : events_) {
      if (LeaderOf(fd) == leader && event.config == partner) return true;
    }
    return false;
  }
  bool Silent(int leader, std::uint64_t code) {
    return code == silent_pair.second && Beside(silent_pair, leader, code);
  }

  int Needed(int leader, const Event* added) {
    int counters = 0;
    bool dedicated_used = false;
    auto add = [&](const Event& event) {
      if (event.config == dedicated_code && !dedicated_used) {
        dedicated_used = true;
      } else {
        ++counters;
      }
    };
    for (const auto& [fd, event] : events_) {
      if (LeaderOf(fd) != leader) continue;
      const bool skipped = fd == leader && event.off && skips_off_leader && added != nullptr;
      if (!skipped) add(event);
    }
    if (added != nullptr) add(*added);
    return counters;
  }

  std::map<int, Event> events_;
  std::uint64_t clock_ = 0;
  int next_ = 10;
};

}  // namespace pmubench
