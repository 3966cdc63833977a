// One metric of one benchmark while a run is put together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/store/run.h"

namespace pmubench::store {

struct Sample {
  std::string unit;
  std::vector<double> values;  ///< of the repetitions; finite
  bool not_finite = false;     ///< a NaN or an infinity was among them
  std::string reason;
  std::optional<double> sampling_ratio;
  std::optional<double> spread;  ///< where it is not to be computed from `values`
  std::vector<double> launches;

  void Add(double value);
};

/// Appends the sample's median, its spread (1.4826 MAD; NaN below 3 values) and its launches to the
/// row.
void AddSample(const Sample& sample, const std::string& metric, Run& run,
               std::vector<std::uint32_t>& layout, Row& row);

/// One run of several launches of the same suite: the median over launches of each launch's
/// median, the spread between launches, the lowest sampling ratio. Identity, start and documents
/// are the first's. The runs must be of one machine and configuration; there is at least one.
[[nodiscard]] Run MergeLaunches(const std::vector<Run>& launches);

}  // namespace pmubench::store
