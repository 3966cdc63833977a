// Events and metrics of one core, read from data files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/formula.h"
#include "planner/problem.h"
#include "pmubench/result.h"

namespace pmubench {

/// One thing a PMU can count.
struct CatalogueEvent {
  std::string name;                   ///< e.g. "L1D_CACHE_REFILL"
  std::string description;
  std::string unit;                   ///< what one count is: "instructions", "cycles", "cache lines"
  std::string pmu;                    ///< "" the core PMU; "software"; ...
  std::optional<std::uint64_t> code;  ///< perf_event_attr.config: the ground truth
  std::uint64_t config1 = 0;
  std::uint64_t config2 = 0;
  std::string pfm;                    ///< libpfm4's name where there is no code
  std::string dedicated;              ///< the counter of its own, "" if none
  EventConstraint constraint;
};

/// A formula over events, with a unit.
struct CatalogueMetric {
  std::string name;                ///< e.g. "ipc"
  std::string title;               ///< for people: "Instructions per cycle"
  std::string description;
  std::string unit;                ///< "instructions/cycle", "misses/1000 instructions", "%"
  std::string group;               ///< heading in lists: "pipeline", "caches", ...
  std::vector<std::string> sets;   ///< named sets it belongs to: "basic", "caches", ...
  Formula formula;                 ///< over events only: other metrics are expanded
  std::vector<std::string> events; ///< events of the formula, without run quantities
};

/// What is known of one core. Immutable after loading; thread-safe.
struct Catalogue {
  std::string core;         ///< "neoverse-n1", "arm-pmuv3", "x86-generic", "software"
  std::string title;        ///< "Arm Neoverse N1"
  std::vector<CatalogueEvent> events;
  std::vector<CatalogueMetric> metrics;

  [[nodiscard]] const CatalogueEvent* FindEvent(std::string_view name) const;
  [[nodiscard]] const CatalogueMetric* FindMetric(std::string_view name) const;

  /// Metrics for names and set names ("basic", "all"), in the catalogue's order, each once.
  /// An unknown name is an error that suggests the nearest.
  [[nodiscard]] Result<std::vector<const CatalogueMetric*>> Select(
      const std::vector<std::string>& names) const;
};

}  // namespace pmubench
