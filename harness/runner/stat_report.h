// What `stat` measured, ready to be shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/evaluate.h"
#include "catalogue/turn_interval.h"
#include "runner/measurement_plan.h"
#include "runner/stat_targets.h"
#include "runner/turn_totals.h"

namespace pmubench {

/// One metric with how far it may be off.
struct StatMetric {
  MetricValue value;
  std::optional<TurnInterval> interval;  ///< of 95 %
};

/// Metrics of one thread, or of all that was counted.
struct StatPart {
  std::string name;  ///< of the thread
  pid_t tid = 0;     ///< 0: all
  std::vector<StatMetric> metrics;
  std::vector<TurnTotals::Group> groups;  ///< raw counts
};

/// One interval, or the whole run.
struct StatReport {
  double from_s = 0;  ///< since counting began
  double to_s = 0;
  std::optional<double> cpu_s;  ///< that the targets ran; CPUs: not known
  StatPart all;
  std::vector<StatPart> threads;
};

/// Turns of one stretch of time, of all targets together and of each thread.
class StatBook {
 public:
  StatBook(const MeasurementPlan& plan, TurnLayout layout, TargetKind kind);

  void Add(const std::vector<TargetTurn>& turns, const std::vector<StatTargets::Thread>& threads,
           std::size_t round);

  /// Evaluates; names are those the threads have at last.
  [[nodiscard]] StatReport Report(double from_s, double to_s,
                                  const std::vector<StatTargets::Thread>& threads) const;

 private:
  [[nodiscard]] StatPart Evaluate(const TurnTotals& totals, double wall_ns) const;

  const MeasurementPlan* plan_;
  TurnLayout layout_;
  TargetKind kind_;
  TurnTotals all_;
  std::vector<TurnTotals> threads_;  ///< by the thread's place
};

}  // namespace pmubench
