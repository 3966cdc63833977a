// The metrics of a catalogue, for people and as JSON.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"

namespace pmubench {

/// Metric -> the built-in cores that have it.
using MetricCores = std::map<std::string, std::vector<std::string>>;

[[nodiscard]] MetricCores CoresByMetric();

/// By group: name, title, unit, formula, events, note, sets, and which cores have it.
[[nodiscard]] std::string MetricsText(const Catalogue& catalogue, const MetricCores& cores);
[[nodiscard]] std::string MetricsJson(const Catalogue& catalogue, const MetricCores& cores);

}  // namespace pmubench
