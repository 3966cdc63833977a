// `pmubench ab`: two programs launched in turns until it is decided which is faster.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/compare_options.h"
#include "pmubench/result.h"
#include "reports/compare/compare.h"

namespace pmubench {

struct AbSide;

/// How long it may go on, and what is looked at.
struct AbOptions {
  CompareFlags flags;
  std::size_t first_look = 10;     ///< launches a side
  std::size_t most_launches = 40;  ///< a side
  double budget_seconds = 0;       ///< 0: none
  std::uint64_t seed = 0;          ///< of the order; 0: from the clock
  bool paired = false;             ///< compares each launch with the one next to it
};

/// Launches both sides in turns, in random order, one launch of each thrown away first, until
/// every benchmark is decided, the launches or the time are spent. Errors: a side that fails.
[[nodiscard]] Result<compare::CompareResult> RunAb(const AbSide& base, const AbSide& now,
                                                   const AbOptions& options);

/// --first-look, --launches, --budget, --seed and those of compare.
void AddAbFlags(CLI::App& verb, AbOptions& options);

void AddAbVerb(CLI::App& app, int& exit_code);
void AddBisectVerb(CLI::App& app, int& exit_code);

}  // namespace pmubench
