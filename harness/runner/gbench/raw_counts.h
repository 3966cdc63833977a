// The way of raw counts from the benchmark's threads to the reporter: Google Benchmark's user
// counters, which it adds up over the threads of a run.
#pragma once

#include <benchmark/benchmark.h>

#include <optional>

#include "catalogue/evaluate.h"

namespace pmubench::gbench {

/// Sums over all threads of one run.
struct RawCounts {
  int pass = -1;
  double threads = 0;            ///< threads that counted
  double iterations = 0;         ///< of all threads
  std::optional<double> cpu_ns;  ///< of the process that was counted in place of the loop's threads
  std::map<std::string, EventCount> events;
};

/// Takes the raw counts out of a row's counters; what the benchmark itself put there stays.
/// One entry a pass: a row of repetitions has one, an aggregate has the mean of each pass.
[[nodiscard]] std::vector<RawCounts> TakeRawCounts(benchmark::UserCounters& counters);

/// A row's counts with the run's own quantities. Wall time is not known where the benchmark
/// reports a time of its own (UseManualTime).
[[nodiscard]] Measurement MakeMeasurement(const RawCounts& raw,
                                          const benchmark::BenchmarkReporter::Run& run);

}  // namespace pmubench::gbench
