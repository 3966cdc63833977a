// Events and metrics of one core, read from data files.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/event_constraint.h"
#include "catalogue/formula.h"
#include "pmubench/result.h"

namespace pmubench {

struct CatalogueLayer;

/// One thing a PMU can count.
struct CatalogueEvent {
  std::string name;  ///< e.g. "L1D_CACHE_REFILL"
  std::string description;
  std::string unit;  ///< what one count is: "instructions", "cycles", "cache lines"
  std::string pmu;   ///< "" the core PMU; "software"; "hardware", "hw_cache": the
                     ///< kernel's generic events of the core PMU; ...
  std::optional<std::uint64_t> code;  ///< perf_event_attr.config: the ground truth
  std::uint64_t config1 = 0;
  std::uint64_t config2 = 0;
  std::string pfm;                   ///< libpfm4's name where there is no code
  std::vector<std::string> aliases;  ///< other tools' names
  std::string dedicated;             ///< the counter of its own, "" if none; "FIXC3/retiring" is
                                     ///< there whenever FIXC3 is
  bool leads = false;                ///< must be the first event of its group
  std::string leader;                ///< an event that must lead every group with this one
  std::string truth;                 ///< the quantity of `pmubench validate` it must equal
  EventConstraint constraint;
};

/// A formula over events, with a unit.
struct CatalogueMetric {
  std::string name;   ///< e.g. "ipc"
  std::string title;  ///< for people: "Instructions per cycle"
  std::string description;
  std::string unit;                 ///< "instructions/cycle", "misses/1000 instructions", "%"
  std::string group;                ///< heading in lists: "pipeline", "caches", ...
  std::vector<std::string> sets;    ///< named sets it belongs to: "basic", "caches", ...
  std::string note;                 ///< what to know of its value here; sources of its constants
  Formula definition;               ///< as written: may name other metrics and constants
  Formula formula;                  ///< over events only: other metrics are expanded
  std::vector<std::string> events;  ///< events of the formula, without run quantities
};

/// A number that differs from core to core and has a name in formulas.
struct CatalogueConstant {
  std::string name;  ///< e.g. "SLOTS_PER_CYCLE"
  std::string unit;  ///< "slots/cycle"
  double value = 0;
  std::string source{};  ///< where the value is from; empty where it needs no saying
};

/// What is known of one core. Immutable after loading; thread-safe.
struct Catalogue {
  std::string core;          ///< "neoverse-n1", "arm-pmuv3", "x86-generic", "software"
  std::string title;         ///< "Arm Neoverse N1"
  int general_counters = 0;  ///< as documented, to plan for a core that is not here; 0: not known
  std::vector<CatalogueEvent> events;
  std::vector<CatalogueMetric> metrics;
  std::vector<CatalogueConstant> constants;
  std::vector<std::string> absent_metrics;  ///< other cores have them, this one does not

  /// What it was made from; for merging a user's file.
  std::vector<std::shared_ptr<const CatalogueLayer>> layers;

  /// By name or alias, case ignored where the exact name is not there.
  [[nodiscard]] const CatalogueEvent* FindEvent(std::string_view name) const;
  [[nodiscard]] const CatalogueMetric* FindMetric(std::string_view name) const;

  /// Metrics for names and set names ("basic", "all"), in the catalogue's order, each once.
  /// An unknown name is an error that suggests the nearest.
  [[nodiscard]] Result<std::vector<const CatalogueMetric*>> Select(
      const std::vector<std::string>& names) const;

  /// `wanted` with those before them that must lead a group with one of them (Intel's PERF_METRICS
  /// counts only in a group that slots lead).
  [[nodiscard]] std::vector<std::string> WithLeaders(const std::vector<std::string>& wanted) const;

  /// Names of the metric sets, "all" last.
  [[nodiscard]] std::vector<std::string> SetNames() const;
};

}  // namespace pmubench
