// The reporter that Google Benchmark sees: collects all repetitions of all passes, and shows each
// benchmark once all of its passes are there.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "runner/gbench/instance.h"

namespace pmubench::gbench {

/// What the collector needs to know of the measurement.
struct CollectorOptions {
  int passes = 0;
  int asked_repetitions = 1;  ///< the user's; each was run `passes` times
  bool aggregates_only = false;
  /// Metric values over measurements, in the order they are shown.
  std::function<std::vector<MetricValue>(const std::vector<Measurement>&)> evaluate;
  /// Called before rows are shown.
  std::function<void()> before_rows;
  /// Called after every benchmark that was reported: time to save what there is.
  std::function<void()> on_progress;
};

class Collector final : public benchmark::BenchmarkReporter {
 public:
  /// `display` shows the merged rows; it must outlive the collector.
  Collector(benchmark::BenchmarkReporter& display, CollectorOptions options);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& report) override;

  /// Google Benchmark calls this after every sweep; what is shown ends with FinishDisplay.
  void Finalize() override { ++sweep_; }

  /// Instances that have not been counted with `pass`, leaving out those in error.
  [[nodiscard]] std::vector<std::string> Missing(int pass) const;

  /// Shows what is still held back, complete or not, and ends the display.
  void FinishDisplay();

  /// The rows to be shown or written for one instance.
  [[nodiscard]] std::vector<Run> MergedRows(const Instance& instance) const;

  [[nodiscard]] const std::vector<Instance>& instances() const { return instances_; }

 private:
  Instance& Find(const std::string& name);
  void ShowComplete();
  [[nodiscard]] bool Complete(const Instance& instance) const;

  benchmark::BenchmarkReporter& display_;
  const CollectorOptions options_;
  std::vector<Instance> instances_;
  std::string last_instance_;
  std::size_t next_to_show_ = 0;
  int sweep_ = 0;
  bool context_shown_ = false;
};

}  // namespace pmubench::gbench
