// What changed in a benchmark where one of its series stepped. A pure function.
#pragma once

#include <cstddef>

#include "reports/compare/compare.h"
#include "reports/history/series_table.h"

namespace pmubench::history {

/// All metrics of the nights from run `step` on against those of the level before, from run `from`
/// on; each night stands for a launch. For compare::Explain().
[[nodiscard]] compare::BenchmarkComparison CompareLevels(const BenchmarkSeries& benchmark,
                                                         std::size_t from, std::size_t step);

}  // namespace pmubench::history
