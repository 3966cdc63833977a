// Which runs a history keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "reports/store/run.h"

namespace pmubench::store {

/// Ages in days before `now_ms`. What is not set removes nothing.
struct Retention {
  std::optional<double> keep_days;      ///< older runs go
  std::optional<double> thin_days;      ///< of older runs one a week stays, of each series
  std::optional<double> launches_days;  ///< older runs lose their launch values
};

struct RetentionPlan {
  std::vector<RunInfo> remove;
  std::vector<RunInfo> remove_launches;
};

/// `runs` in order of time. The newest run of each context always stays: a machine that was away
/// for long still has something to be compared with. Pure.
[[nodiscard]] RetentionPlan PlanRetention(std::span<const RunInfo> runs, const Retention& retention,
                                          std::int64_t now_ms);

}  // namespace pmubench::store
