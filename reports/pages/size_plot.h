// Bandwidth over size as an inline SVG: a line a curve, the end of the last cache marked.
#pragma once

#include <span>
#include <string>

#include "reports/pages/size_curves.h"

namespace pmubench::pages {

/// Sizes on an axis of powers of two, GB/s from 0 on. `id`: tells the pictures of one page apart.
/// At most 4 curves can be told apart.
[[nodiscard]] std::string SizePlot(std::span<const SizeCurve> curves, const std::string& id);

/// "16 KiB", "1.5 MiB".
[[nodiscard]] std::string FormatSize(double bytes);

/// Round numbers from 0 to at least `highest`, 3 to 6 of them.
[[nodiscard]] std::vector<double> RoundSteps(double highest);

}  // namespace pmubench::pages
