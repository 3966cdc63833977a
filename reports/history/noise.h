// How much metrics differ from night to night when nothing changes. Pure functions.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "reports/history/nightly.h"
#include "reports/history/series_table.h"

namespace pmubench::history {

/// Relative robust standard deviation by benchmark and metric.
using Noise = std::map<std::pair<std::string, std::string>, double>;

/// Of the current level of each gate series, where it is long enough to tell.
[[nodiscard]] Noise NoiseOf(const SeriesTable& table, const Nightly& night);

/// As CompareOptions::historic_noise takes it; keeps a copy of `noise`.
[[nodiscard]] std::function<std::optional<double>(const std::string&, const std::string&)> Lookup(
    Noise noise);

}  // namespace pmubench::history
