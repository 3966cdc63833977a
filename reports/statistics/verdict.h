// From the launches of two sides to a verdict on one metric.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pmubench::statistics {

/// How a metric behaves when nothing changed.
enum class MetricClass {
  kExact,      ///< sizes, allocations: any change is one
  kNearExact,  ///< instructions, branches: repeatable to about 0.1 %
  kTiming,     ///< times, cycles, throughput
  kNoisy,      ///< cache misses, stalls, bandwidth: explain, never decide
};

enum class Verdict {
  kWorse,         ///< different, and worse
  kBetter,        ///< different, and better
  kEquivalent,    ///< the interval lies within the floor
  kInconclusive,  ///< neither shown: more launches may tell
  kTooFew,        ///< not even a large change could have been shown
};

[[nodiscard]] std::string_view VerdictName(Verdict verdict);
[[nodiscard]] std::string_view MetricClassName(MetricClass metric_class);

struct VerdictRules {
  MetricClass metric_class = MetricClass::kTiming;
  bool higher_is_better = false;
  double floor = 0.01;  ///< smaller relative changes do not matter
  double alpha = 0.05;  ///< false discovery rate of this look
  bool paired = false;  ///< each value of one side was measured next to the other's
};

/// Floor of a class: 0, 0.2 %, 1 %, 5 %.
[[nodiscard]] double DefaultFloor(MetricClass metric_class);

/// What two groups of launches say about one metric, before the other metrics are known.
struct Evidence {
  std::size_t base_launches = 0;
  std::size_t new_launches = 0;
  double base = 0;  ///< median over the launches
  double now = 0;
  std::optional<double> ratio;  ///< new by base
  std::optional<double> low;    ///< its interval at level `alpha`
  std::optional<double> high;
  std::optional<double> p;  ///< absent where no test was needed or possible
  bool exact_test = false;
  /// Each side repeats within the floor: its values were compared without a test.
  bool repeatable = false;
  bool base_varies = false;
  bool new_varies = false;
};

/// `base` and `now` hold one finite value a launch and are not empty; as many where they are pairs:
/// then ratio, interval and p are of the pairs' ratios.
[[nodiscard]] Evidence Weigh(std::span<const double> base, std::span<const double> now,
                             const VerdictRules& rules, std::size_t family);

struct Decision {
  Verdict verdict = Verdict::kInconclusive;
  std::string reason;  ///< why it is not more
};

/// `q` is the evidence's p after correction over the family of `family` tests.
[[nodiscard]] Decision Decide(const Evidence& evidence, std::optional<double> q,
                              const VerdictRules& rules, std::size_t family);

}  // namespace pmubench::statistics
