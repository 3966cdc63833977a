// A comparison that goes on until it is decided: looks at a fixed schedule, each with its share of
// alpha (statistics/schedule.h), and what a look decided stays decided.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "reports/compare/compare.h"
#include "reports/statistics/schedule.h"

namespace pmubench::compare {

class SequentialComparison {
 public:
  /// `looks` from LookSchedule(); `options.alpha` is replaced by each look's share.
  SequentialComparison(std::vector<statistics::Look> looks, CompareOptions options);

  /// One launch of each side.
  void Add(Launch base, Launch now);

  /// Launches a side so far.
  [[nodiscard]] std::size_t launches() const { return base_.size(); }
  /// At how many launches a side the next look is; nothing after the last one.
  [[nodiscard]] std::optional<std::size_t> NextLook() const;

  /// Compares all launches with the next look's alpha. `last`: no launches will follow, so every
  /// look that is left is spent here. Errors: as Compare().
  [[nodiscard]] Result<void> Look(bool last);

  /// Whether every benchmark is decided or no look is left.
  [[nodiscard]] bool Finished() const;
  /// Of the looks so far; `alpha` is the whole.
  [[nodiscard]] const CompareResult& result() const { return result_; }

 private:
  std::vector<statistics::Look> looks_;
  CompareOptions options_;
  std::vector<Launch> base_;
  std::vector<Launch> now_;
  std::size_t next_ = 0;
  CompareResult result_;
};

/// Worse, better or equivalent: more launches would not be made for it.
[[nodiscard]] bool IsDecided(const BenchmarkComparison& benchmark);

}  // namespace pmubench::compare
