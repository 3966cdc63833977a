// From what the user asks for to what is counted: catalogue, machine and planner brought together.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "catalogue/evaluate.h"
#include "counters/counter_set.h"
#include "counters/probe.h"
#include "planner/plan.h"

namespace pmubench {

/// What the user asks for.
struct MeasurementRequest {
  std::vector<std::string> metrics = {"basic"};  ///< names of metrics and of sets
  std::string catalogue_file;                    ///< a user's own; empty: none
  bool count_kernel = false;                     ///< hardware events in kernel mode too
  std::filesystem::path root = "/";              ///< where /sys and /proc stand
  /// Where `pmubench validate` keeps what it found; empty: StateFolder().
  std::filesystem::path state{};
};

/// What is counted, and what cannot be and why.
struct MeasurementPlan {
  Catalogue catalogue;
  Permissions permissions;
  bool counts_kernel = false;            ///< hardware events in kernel mode too
  std::vector<CatalogueMetric> metrics;  ///< asked for, in the catalogue's order
  CounterProbe counters;                 ///< of the core PMU; 0 without one
  Plan plan;
  std::vector<std::vector<EventEncoding>> passes;  ///< a group of the plan each
  std::map<std::string, std::string> missing;      ///< event -> why it is not counted
  std::map<std::string, std::string> wrong;        ///< event -> how it was found to count wrong
  std::vector<std::string> remarks;                ///< for people: what had better be known
  /// Where hardware events count on a machine with several kinds of cores; empty: on every CPU.
  std::vector<int> cpus;

  [[nodiscard]] std::vector<MetricValue> Evaluate(
      const std::vector<Measurement>& measurements) const;
};

/// Reads the machine, probes its counters, tries every event alone, and plans the groups. Errors:
/// kUsage for an unknown metric, kBadInput for a catalogue file. A machine that cannot count
/// some or all events is no error: they are in `missing`.
[[nodiscard]] Result<MeasurementPlan> PrepareMeasurement(const MeasurementRequest& request,
                                                         Kernel& kernel);

/// The plan's metrics that have a missing event, fit no group, or use an event that counts wrong,
/// grouped by reason: one line each; and the plan's remarks.
[[nodiscard]] std::vector<std::string> DescribeMissing(const MeasurementPlan& plan);

}  // namespace pmubench
