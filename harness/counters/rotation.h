// Groups that take turns on the counters, switched by us instead of by the kernel's rotation.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "counters/counter_set.h"

namespace pmubench {

/// Who decides which group is on the counters.
enum class Switching {
  kByUs,      ///< one group is enabled at a time: turns are ours
  kByKernel,  ///< all groups are enabled: the kernel rotates them every perf_event_mux_interval_ms
};

struct RotationOptions {
  Switching switching = Switching::kByUs;
  CounterOptions counting;       ///< of hardware events; `enable_on_exec`: `first` starts at exec
  std::size_t first = 0;         ///< the group that begins
  bool software_kernel = false;  ///< count software events in kernel mode too
};

/// Counts of one interval for one target: a turn of one group, or a share of a group that the
/// kernel rotates.
struct TurnCounts {
  std::vector<std::uint64_t> counts;  ///< in the order of the group's events
  std::uint64_t time_enabled_ns = 0;
  std::uint64_t time_running_ns = 0;
};

/// What one target gave in one interval.
struct TargetTurn {
  std::vector<TurnCounts> groups;     ///< by group; only groups that had a turn are not empty
  std::vector<std::uint64_t> always;  ///< software events
  std::uint64_t time_ns = 0;          ///< that the target ran (a thread) or existed (a CPU)
};

/// The targets' turns laid together, as if they were one.
[[nodiscard]] TargetTurn SumOf(const std::vector<TargetTurn>& turns);

/// Groups of hardware events on a set of threads, processes, CPUs or cgroups. On every target the
/// same group has its turn at the same time. Each group holds the dedicated events that its
/// metrics need, so numerator and denominator of a ratio come from the same turns. Software events
/// need no counters: they are counted all the time. Not thread-safe.
///
/// The time base is a dummy software event, which runs all the time: the few microseconds between
/// one group's end and the next one's begin count as not measured.
class Rotation {
 public:
  /// `groups`: hardware events of each group (none: only software events are counted).
  /// `software`: events that need no counter.
  Rotation(Kernel& kernel, std::vector<std::vector<EventEncoding>> groups,
           std::vector<EventEncoding> software, const RotationOptions& options,
           const Permissions& permissions);

  /// Opens everything on one more target; once started, it joins the running turn. Gives the
  /// target's number, from 0. Errors: as CounterGroup::Open; kNotFound where the thread has ended.
  Result<std::size_t> AddTarget(const CounterTarget& target);

  /// Closes a target that has ended; what it gives from now on is empty.
  void Retire(std::size_t target);

  /// Closes all targets. Only before Start.
  void ClearTargets() { targets_.clear(); }

  /// Begins with the group `first`: now, or when the target calls exec.
  Result<void> Start();

  /// Ends the turn: its counts by target. The next turn is `next`'s. Kernel's switching: the
  /// counts of all groups since the last call.
  Result<std::vector<TargetTurn>> Switch(std::size_t next);

  /// Ends the last turn and stops counting.
  Result<std::vector<TargetTurn>> Stop();

  [[nodiscard]] std::size_t group_count() const { return groups_.size(); }
  [[nodiscard]] std::size_t target_count() const { return targets_.size(); }
  [[nodiscard]] const std::vector<EventEncoding>& events(std::size_t group) const {
    return groups_[group];
  }
  [[nodiscard]] const std::vector<EventEncoding>& software() const { return software_; }
  [[nodiscard]] Switching switching() const { return options_.switching; }

 private:
  /// A group on one target, and what it had counted when it was read last. Kernel groups of
  /// several PMUs lie one after the other.
  struct Part {
    CounterSet set;
    TurnCounts last;
  };
  struct Target {
    std::vector<Part> parts;
    std::optional<CounterGroup> always;  ///< empty: retired
    TurnCounts last_always;
  };

  Result<TurnCounts> ReadPart(const Part& part, std::size_t group) const;
  Result<void> CollectGroup(Target& target, std::size_t group, TargetTurn& turn);
  Result<void> CollectAlways(Target& target, TargetTurn& turn);
  Result<void> EndTarget(Target& target, bool stop, std::size_t next, TargetTurn& turn);
  Result<void> EnableTarget(Target& target);
  [[nodiscard]] bool TurnOf(std::size_t group) const {
    return group == current_ || options_.switching == Switching::kByKernel;
  }
  Result<std::vector<TargetTurn>> End(bool stop, std::size_t next);

  Kernel* kernel_;
  std::vector<std::vector<EventEncoding>> groups_;
  std::vector<EventEncoding> software_;
  RotationOptions options_;
  Permissions permissions_;
  std::vector<Target> targets_;
  std::size_t current_ = 0;
  bool started_ = false;
};

}  // namespace pmubench
