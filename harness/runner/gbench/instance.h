// What is known of one benchmark instance ("BM_sort/1024/threads:2") over all its repetitions.
#pragma once

#include <string>
#include <vector>

#include "runner/gbench/raw_counts.h"

namespace pmubench::gbench {

using Run = benchmark::BenchmarkReporter::Run;

/// One repetition as Google Benchmark reported it, its raw counts taken out of the counters.
struct Repetition {
  Run run;
  std::vector<RawCounts> raw;  ///< one where it was counted, none where not
};

struct Instance {
  std::string name;
  std::vector<Repetition> repetitions;
  std::vector<Repetition> aggregates;  ///< mean, median, ... BigO; of the first sweep
  bool shown = false;

  /// Whether a repetition (or, where only aggregates were reported, the mean) was counted with
  /// `pass`, by all its threads.
  [[nodiscard]] bool Covers(int pass) const;
  [[nodiscard]] bool Skipped() const;

  /// Everything that was counted, for the evaluator.
  [[nodiscard]] std::vector<Measurement> Measurements() const;

  /// The repetitions by turns: the r-th has the r-th repetition of every pass, so it can give
  /// every metric. A pass that was repeated less often lends its last one.
  [[nodiscard]] std::vector<std::vector<const Repetition*>> Rounds(int passes) const;

  /// Repetitions that the user asked for, where `factor` of ours make one of theirs.
  [[nodiscard]] int AskedRepetitions(int asked, int factor) const;
};

/// One row for a round: accumulated times and iterations added up, other columns of the first.
[[nodiscard]] Run MergeRound(const std::vector<const Repetition*>& round);

}  // namespace pmubench::gbench
