// Many tests at once.
#pragma once

#include <span>
#include <vector>

namespace pmubench::statistics {

/// Benjamini and Hochberg (JRSS B 1995): for each p the smallest false discovery rate at which it
/// is still called a discovery, in the order of `p`. Holds under independence and under positive
/// dependence (Benjamini and Yekutieli, Annals of Statistics 2001).
[[nodiscard]] std::vector<double> BenjaminiHochberg(std::span<const double> p);

}  // namespace pmubench::statistics
