// Launches made again for what lay outside of its band tonight. Pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "reports/compare/launch.h"
#include "reports/history/nightly.h"
#include "reports/history/series_table.h"

namespace pmubench::history {

/// Benchmarks with a gate metric outside of its band, canaries among them; each once, by name.
[[nodiscard]] std::vector<std::string> OutsideTheirBand(const SeriesTable& table,
                                                        const Nightly& night);

/// Each launch's median of one metric; launches that did not measure it are passed over.
[[nodiscard]] std::vector<double> LaunchMedians(std::span<const compare::Launch> launches,
                                                const std::string& benchmark,
                                                const std::string& metric);

/// Judges every gate series that is outside of its band: `again` are the launches that were made
/// for the purpose, `reference` those of the last good program in turns with them, if any.
void JudgeReruns(const SeriesTable& table, std::span<const compare::Launch> again,
                 std::span<const compare::Launch> reference, Nightly& night);

}  // namespace pmubench::history
