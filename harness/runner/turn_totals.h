// Turns added up: from the counts of each turn to metrics with an interval.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/evaluate.h"
#include "catalogue/turn_interval.h"
#include "counters/rotation.h"

namespace pmubench {

/// Names of what a rotation counts.
struct TurnLayout {
  std::vector<std::vector<std::string>> groups;  ///< hardware events of each group
  std::vector<std::string> software;             ///< counted all the time

  static TurnLayout Of(const Rotation& rotation);
};

/// Counts of one target, or of several together (SumOf), over an interval.
class TurnTotals {
 public:
  struct Group {
    std::vector<double> counts;
    double enabled_ns = 0;
    double running_ns = 0;
    int turns = 0;
  };

  explicit TurnTotals(TurnLayout layout);

  /// One turn of `round`. A turn in which several groups counted, the kernel's, has no interval.
  void Add(const TargetTurn& turn, std::size_t round);

  /// One for each group, and none for groups without a turn. Counts of software events are of the
  /// whole time: each group's measurement carries a share of them, so that they add up.
  [[nodiscard]] std::vector<Measurement> Measurements(
      const std::map<std::string, Value>& quantities) const;

  /// How far the metric may be from what counting all the time would have given; empty where
  /// there were too few turns.
  [[nodiscard]] std::optional<TurnInterval> IntervalOf(
      const CatalogueMetric& metric, const std::map<std::string, Value>& quantities) const;

  /// Why a metric whose events are in groups has no number though nothing is wrong: no group of
  /// it had a turn. "" where that is not the reason.
  [[nodiscard]] std::string NoTurnReason(const CatalogueMetric& metric) const;

  [[nodiscard]] double time_ns() const { return time_ns_; }
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  [[nodiscard]] const std::vector<std::uint64_t>& software() const { return software_; }
  [[nodiscard]] const TurnLayout& layout() const { return layout_; }
  [[nodiscard]] std::size_t rounds() const { return rounds_.size(); }

 private:
  /// A turn as the interval needs it.
  struct Turn {
    std::size_t group = 0;
    TurnSample sample;
  };
  struct Round {
    std::size_t number = 0;
    double time_ns = 0;
    std::vector<Turn> turns;
  };

  [[nodiscard]] bool IsSoftware(const std::string& event) const;
  [[nodiscard]] bool Holds(std::size_t group, const std::vector<std::string>& events) const;

  TurnLayout layout_;
  std::vector<Group> groups_;
  std::vector<std::uint64_t> software_;
  std::vector<Round> rounds_;
  double time_ns_ = 0;
  bool kernel_rotates_ = false;
};

}  // namespace pmubench
