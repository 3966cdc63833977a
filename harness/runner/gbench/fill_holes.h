// Runs again what a sweep over all passes left uncounted.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench::gbench {

/// What it takes to run a pass again.
struct PassRunner {
  std::function<std::vector<std::string>(int pass)> missing;  ///< benchmarks without counts
  std::function<std::optional<Error>(int pass)> error;        ///< why it could not be counted
  std::function<void(int pass)> forget;                       ///< that error
  std::function<void(int pass, const std::vector<std::string>& benchmarks)> run;
  std::function<void(const std::string& line)> note;  ///< for a person
  std::function<void(int milliseconds)> wait;
};

/// How often a pass that lost its counters is run again.
inline constexpr int kReruns = 3;

/// Runs each pass that has holes again: once where the sweep left them (random interleaving, a
/// MemoryManager, a benchmark's own Repetitions()), and up to kReruns times, after a pause, where
/// the group lost its counters to another user of the PMU. Each loss is noted. A pass that fails
/// for another reason is left alone, and one that keeps losing keeps its error.
void FillHoles(int passes, const PassRunner& runner);

}  // namespace pmubench::gbench
