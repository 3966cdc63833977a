// From formulas as written to formulas over events. Internal to the catalogue.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "catalogue/layer.h"

namespace pmubench {

/// A metric before its formula is expanded.
struct MetricSource {
  CatalogueMetric metric;
  bool defined = false;  ///< has a formula on this core
  Place place;           ///< of the formula
};

/// Fills `catalogue.metrics` and `absent_metrics`; events and constants must be there. A metric
/// that needs an event of `missing_events` (declared, but not on this core), or a metric that is
/// not defined on this core, is absent. An unknown name or a cycle is kBadInput with its place.
[[nodiscard]] Result<void> ExpandMetrics(const std::vector<MetricSource>& sources,
                                         const std::set<std::string>& missing_events,
                                         Catalogue& catalogue);

}  // namespace pmubench
