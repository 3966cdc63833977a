// Units of counts and metrics, and whether a formula has the unit its metric says.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "catalogue/catalogue.h"
#include "pmubench/result.h"

namespace pmubench {

/// Powers of base units: {"cycle": 1, "instruction": -1} for "cycles/instruction". What has no
/// unit is empty.
using Dimension = std::map<std::string, int>;

/// Reads "misses/1000 instructions", "% of cycles", "GHz", "GFLOP/s". Numbers and plural endings
/// do not matter; a miss is an access that missed, so the two are one unit.
[[nodiscard]] Dimension ParseUnit(std::string_view unit);

/// The dimension of `metric.definition` with the units of the catalogue's events, constants and
/// metrics. kBadInput where a sum or min/max mixes dimensions, or where the result is not of the
/// metric's unit.
[[nodiscard]] Result<void> CheckUnits(const Catalogue& catalogue, const CatalogueMetric& metric);

}  // namespace pmubench
