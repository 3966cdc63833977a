// Runs all registered benchmarks over all passes: the way from flags to table and record.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runner/gbench/flags.h"
#include "runner/loop_traffic.h"
#include "runner/measurement_plan.h"

namespace pmubench::gbench {

/// How this process came to be measured.
struct Entry {
  bool loop_hooked = false;     ///< StartKeepRunning is intercepted
  const char* method = "loop";  ///< for the record: "loop" (linked) or "preload"
};

/// Google Benchmark's own functions, so that the preloaded library can name the originals.
struct Engine {
  std::function<std::size_t(benchmark::BenchmarkReporter*, const std::string& spec)> run;
  std::function<void(int*, char**)> initialize;
};

/// A suite between Initialize and the last sweep.
class Suite {
 public:
  Suite(Flags flags, Entry entry, std::string executable);

  /// Plans the measurement and proves that the counters count. What cannot be measured is no
  /// error; wrong use is.
  Result<void> Prepare();

  /// Arguments for Google Benchmark's Initialize, beside the user's own.
  [[nodiscard]] std::vector<std::string> EngineArguments() const;

  /// Runs all passes and shows the merged rows on `display`. Gives the exit code.
  int Run(const Engine& engine, benchmark::BenchmarkReporter& display);

 private:
  void DisablePasses(const std::string& reason);
  Result<void> PrepareTraffic();
  void MissTraffic();
  void ExplainTraffic(const class Collector& collector);
  std::string DoubtPeak(const class Collector& collector);
  void PrintNotes(const class Collector& collector) const;
  [[nodiscard]] bool IsMissing(const CatalogueMetric& metric) const;
  [[nodiscard]] bool AskedByNameIsMissing() const;

  Flags flags_;
  Entry entry_;
  std::string executable_;
  MeasurementPlan plan_;
  std::unique_ptr<LoopTraffic> traffic_;
};

}  // namespace pmubench::gbench
