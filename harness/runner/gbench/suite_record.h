// The record of a suite: saved while it grows, so that a crash or Ctrl-C leaves what was measured.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "reports/record.h"
#include "runner/gbench/instance.h"
#include "runner/measurement_plan.h"

namespace pmubench::gbench {

/// The record of these instances. Pure, but for the time of day and the machine that `head` holds.
[[nodiscard]] Record FillRecord(Record head, const std::vector<Instance>& instances,
                                const MeasurementPlan& plan);

/// Keeps the record file up to date; a pipe or a device gets one record, at the end. Without a file
/// name it does nothing. Interrupted() may be called from another thread.
class SuiteRecorder {
 public:
  SuiteRecorder(std::string file, const std::string& executable, const char* method,
                const MeasurementPlan& plan);

  /// Whether the file can be written at all: better to know before an hour of measuring.
  [[nodiscard]] Result<void> CheckWritable() const;

  /// Saves as "partial", unless saving would take more than a tenth of the time since the last.
  void Progress(const std::vector<Instance>& instances);
  void Interrupted();
  Result<void> Finish(const std::vector<Instance>& instances);

 private:
  /// What is counted and what the suite says of itself, both of which the runs may have changed.
  void Describe();

  using Clock = std::chrono::steady_clock;

  const std::string file_;
  const bool once_;  ///< what is written cannot be replaced
  const MeasurementPlan& plan_;
  Record head_;  ///< without rows
  std::mutex mutex_;
  Record latest_;
  bool ended_ = false;  ///< the last record is written
  Clock::time_point last_save_;
  Clock::duration save_cost_{};
};

}  // namespace pmubench::gbench
