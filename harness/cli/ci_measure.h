// Launches of the programs that a CI job compares, in turns.
#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "pmubench/result.h"
#include "reports/compare/launch.h"
#include "reports/store/run.h"

namespace pmubench {

/// One program and what it measured so far.
struct MeasuredSide {
  std::string name;  ///< "new", "base", "canary": what its records are called
  std::filesystem::path binary;
  std::vector<std::string> arguments;
  std::string filter;            ///< only these benchmarks; "": what the arguments say
  std::vector<store::Run> runs;  ///< one a launch
  std::vector<compare::Launch> launches;
};

struct TurnOptions {
  std::vector<std::string> metrics;
  std::filesystem::path folder;   ///< records stay here
  std::filesystem::path preload;  ///< libpmubench_preload.so
};

/// Launches each side `count` times, in rounds, each round in an order by chance: what drifts
/// meanwhile meets all sides. A launch that ends badly is an error. Progress on a terminal.
[[nodiscard]] Result<void> MeasureInTurns(std::vector<MeasuredSide*> sides, std::size_t count,
                                          const TurnOptions& options, std::mt19937& random);

}  // namespace pmubench
