// Which events fit the counters together: the planner's only knowledge of hardware.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "planner/bits.h"
#include "planner/problem.h"

namespace pmubench::planner {

/// Events by number, and the counters they may sit on. Immutable after construction.
///
/// Events with a dedicated counter of their own, and those of other PMUs without any limit, are
/// free: they fit every group and are not numbered. Where several events share one dedicated
/// counter, it is one more counter that only they may use.
class Rules {
 public:
  /// A set of events that can use at most `capacity` counters together (Hall's condition).
  struct Check {
    int pmu = 0;
    int capacity = 0;
  };
  struct Load {
    int check = 0;
    int weight = 1;
  };
  struct Shortage {
    std::vector<int> events;  ///< those that do not fit together
    int counters = 0;         ///< how many counters short; 0: a conflict
    std::string reason;
  };

  /// `events`: names to be numbered, in this order.
  Rules(const PlanProblem& problem, std::vector<std::string> events);

  /// Whether an event rides in every group at no cost.
  [[nodiscard]] static bool IsFree(const PlanProblem& problem, const std::string& event);

  [[nodiscard]] int size() const { return static_cast<int>(names_.size()); }
  [[nodiscard]] const std::string& name(int event) const { return names_[event]; }

  /// Exact: whether the events can be counted at the same time.
  [[nodiscard]] bool Fits(const Bits& events) const;
  /// Why they cannot. Precondition: !Fits(events).
  [[nodiscard]] Shortage Explain(const Bits& events) const;

  /// Necessary conditions as linear loads, for searches that work incrementally. They are
  /// sufficient, together with conflicts(), where linear() holds.
  [[nodiscard]] const std::vector<Check>& checks() const { return checks_; }
  [[nodiscard]] const std::vector<Load>& loads(int event) const { return loads_[event]; }
  [[nodiscard]] bool linear() const { return linear_; }
  /// Events that cannot stand beside this one whatever else is in the group.
  [[nodiscard]] const Bits& conflicts(int event) const { return conflicts_[event]; }
  [[nodiscard]] bool has_conflicts() const { return has_conflicts_; }

  /// Counters an event may sit on; the lower one of a pair. Bits from general() on are dedicated
  /// counters that several events share.
  [[nodiscard]] std::uint64_t mask(int event) const { return mask_[event]; }
  [[nodiscard]] bool alone(int event) const { return alone_[event]; }
  [[nodiscard]] int general(int pmu) const { return general_[pmu]; }

  [[nodiscard]] int pmu(int event) const { return pmu_[event]; }
  [[nodiscard]] int slots(int event) const { return slots_[event]; }
  /// Counters of a PMU, or -1 without a limit.
  [[nodiscard]] int capacity(int pmu) const { return capacity_[pmu]; }
  [[nodiscard]] int pmu_count() const { return static_cast<int>(capacity_.size()); }

 private:
  void AddConflicts(const PlanProblem& problem);
  void AddChecks(int pmu);
  [[nodiscard]] bool Place(const Bits& events, int pmu) const;
  [[nodiscard]] int Excess(const Bits& events, int* worst) const;

  std::vector<std::string> names_;
  std::vector<int> pmu_, slots_;
  std::vector<bool> alone_;
  std::vector<std::uint64_t> mask_;  ///< counters an event may use; a pair's lower one
  std::vector<std::string> pmu_names_;
  std::vector<int> capacity_, general_;  ///< with and without shared dedicated counters
  std::vector<Bits> conflicts_;
  std::vector<Check> checks_;
  std::vector<std::vector<Load>> loads_;
  std::vector<bool> matched_;  ///< by PMU: checks are not enough, place the events
  bool linear_ = true;
  bool has_conflicts_ = false;
};

}  // namespace pmubench::planner
