// Runs of several builds in turns, and what they cost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// One run of one build.
struct TimedRun {
  double cpu_seconds = 0;  ///< user and system, with the children it waited for
  double wall_seconds = 0;
  int exit_code = 0;
  std::string output;  ///< standard output, where it was asked for
};

/// Runs through sh -c, standard output captured or thrown away, standard error thrown away. `cpu`
/// pins it (-1: not).
[[nodiscard]] TimedRun RunTimed(const std::string& command, int cpu, bool keep_output);

/// A build with the values of its runs, one a round.
struct MeasuredBuild {
  std::string name;
  std::string command;
  std::vector<double> values;
};

enum class Measure { kCpuTime, kWallTime, kOutput };

struct MeasureOptions {
  Measure measure = Measure::kCpuTime;
  std::string value_pattern;  ///< of Measure::kOutput: a regular expression with one group
  int rounds = 11;
  int cpu = -1;
  std::uint64_t seed = 1;
};

/// Every round runs every build once, in random order, so that slow drift hits all alike. The first
/// round only warms up and is not kept.
[[nodiscard]] Result<void> MeasureInTurns(std::vector<MeasuredBuild>& builds,
                                          const MeasureOptions& options);

/// Deterministic counts by callgrind: they have no noise and can be asserted on.
struct InstructionCounts {
  std::uint64_t instructions = 0;
  std::uint64_t taken_branches = 0;  ///< jumps taken, calls and returns
  std::uint64_t l1i_misses = 0;      ///< of callgrind's model of this machine's L1I
  std::uint64_t mispredicted = 0;    ///< of callgrind's branch model

  [[nodiscard]] double PerThousand(std::uint64_t count) const {
    return instructions == 0
               ? 0
               : 1000.0 * static_cast<double>(count) / static_cast<double>(instructions);
  }
};

/// Reads callgrind's output, written with --compress-pos=no. Pure; kBadInput where it is none.
[[nodiscard]] Result<InstructionCounts> ParseCallgrind(const std::string& text);

/// Runs `command` with every {binary} in it under callgrind, and adds up what all of its processes
/// did. The error says what to install.
[[nodiscard]] Result<InstructionCounts> CountInstructions(const std::string& command,
                                                          const std::string& binary,
                                                          const std::string& folder);

/// `output` without the numbers that `value_pattern` finds: they differ from run to run. Pure; an
/// empty or broken pattern changes nothing.
[[nodiscard]] std::string WithoutValues(const std::string& output,
                                        const std::string& value_pattern);

}  // namespace pmubench
