// The metrics of a catalogue, for people and as JSON.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "validate/verdict_file.h"

namespace pmubench {

/// Metric -> the built-in cores that have it.
using MetricCores = std::map<std::string, std::vector<std::string>>;

[[nodiscard]] MetricCores CoresByMetric();

/// By group: name, title, unit, formula, events, note, sets, and which cores have it; and what
/// `distrust` has against its events on this machine.
[[nodiscard]] std::string MetricsText(const Catalogue& catalogue, const MetricCores& cores,
                                      const Distrust& distrust);
[[nodiscard]] std::string MetricsJson(const Catalogue& catalogue, const MetricCores& cores,
                                      const Distrust& distrust);

}  // namespace pmubench
