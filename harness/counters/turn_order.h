// Which group has the next turn, and for how long: equal time for each, in no fixed order.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace pmubench {

/// Rounds in which every group has two turns (twice its `turns`), each round in a new random
/// order. A fixed order would see a workload of the same period always in the same phase; and two
/// random samples of every round are what makes the variance known without assumptions on the
/// workload (catalogue/turn_interval.h). The first turns are short and double from round to round
/// up to the chosen length, so that a short run, too, sees every group; after every 1024 rounds
/// the length doubles, so that a long one does not pile up turns. A group that had less time
/// than its share gets longer turns until it has caught up. Pure; deterministic for a seed.
class TurnOrder {
 public:
  using Duration = std::chrono::nanoseconds;

  /// `turns`: turns a round, by group (1: the usual).
  TurnOrder(std::vector<int> turns, Duration length, std::uint64_t seed = 1);

  [[nodiscard]] std::size_t group() const { return round_[place_]; }
  /// Number of the round, from 0.
  [[nodiscard]] std::size_t round() const { return rounds_; }
  /// How long the turn of `group()` should take.
  [[nodiscard]] Duration length() const;

  /// The turn is over; `group()` is now the next one's.
  void Next();

  /// What the turn of `group` that ended last gave: it took `wall`, in which the targets ran for
  /// `measured_ns` in all. Between Next() and length().
  void Credit(std::size_t group, Duration wall, std::uint64_t measured_ns);

 private:
  void Shuffle();

  std::vector<int> turns_;
  Duration longest_;
  Duration current_;
  std::mt19937_64 random_;
  std::vector<std::size_t> round_;
  std::size_t place_ = 0;
  std::size_t rounds_ = 0;
  bool round_begins_ = false;  ///< and what is owed in it is not yet known
  std::vector<double> had_;    ///< measured time of each group, divided by its turns a round
  std::vector<double> owed_;   ///< when the round began, a turn
  double wall_ = 0;
  double measured_ = 0;
};

}  // namespace pmubench
