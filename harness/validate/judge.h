// From counts of a loop at three lengths to a verdict. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace pmubench {

/// How well the count of a step is known in advance.
enum class TruthKind {
  kExactly,       ///< a number, within a tolerance that the loop itself has
  kProportional,  ///< the same for each step, at least a number
  kAtLeast,       ///< a number at least
};

/// What an event must count in one step of a loop.
struct Truth {
  TruthKind kind = TruthKind::kExactly;
  double per_step = 0;
  double tolerance = 0;  ///< relative: how far the loop itself may be off (random branches, caches)
};

enum class EventVerdictKind {
  kExact,        ///< to a constant that does not grow with the length
  kWithin,       ///< within 1 %, or within the loop's own tolerance
  kCounts,       ///< counts at least what it must; how much more is right is not known
  kOver,         ///< over-counts by `factor`
  kUnder,        ///< under-counts by `factor`
  kDead,         ///< opens, runs and stays 0
  kNotMeasured,  ///< `detail` says why
};

struct EventVerdict {
  std::string event;
  std::string quantity;  ///< what it was held against: "taken_branches"
  EventVerdictKind kind = EventVerdictKind::kNotMeasured;
  double expected = 0;  ///< in the steps between the shortest and the longest run
  double measured = 0;
  double error = 0;     ///< measured / expected - 1
  double constant = 0;  ///< counted beside the steps; of kExact
  std::string detail;   ///< one sentence

  [[nodiscard]] bool dead() const { return kind == EventVerdictKind::kDead; }
  /// Counts, but not what it should.
  [[nodiscard]] bool wrong() const {
    return kind == EventVerdictKind::kOver || kind == EventVerdictKind::kUnder;
  }
};

/// Lengths of the runs, in shares of `steps`: 1, 2 and 4.
inline constexpr std::array<std::uint64_t, 3> kLengths = {1, 2, 4};

/// Counts of repeated runs, by length. Medians are used: one interrupt in one run is no error.
using LengthCounts = std::array<std::vector<std::uint64_t>, kLengths.size()>;

/// `steps` is of the shortest length. Every length must have a count.
[[nodiscard]] EventVerdict Judge(const Truth& truth, std::uint64_t steps,
                                 const LengthCounts& counts);

/// "exact", "within", "counts", "over-counts", "under-counts", "dead", "not measured".
[[nodiscard]] const char* VerdictName(EventVerdictKind kind);

}  // namespace pmubench
