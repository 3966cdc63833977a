#include "reports/changepoints/cusum_threshold.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pmubench::changepoints {
namespace {

struct Gumbel {
  double count;
  double location;
  double scale;
};

// By `ci/bench/changepoints --calibrate`: 20,000 Gaussian series a length; the line through the
// 95 % and 99 % quantiles.
constexpr std::array<Gumbel, 8> kTable{{
    {6, 1.719, 0.3305},
    {12, 2.300, 0.2918},
    {25, 2.655, 0.2856},
    {50, 2.992, 0.2591},
    {100, 3.214, 0.2593},
    {200, 3.477, 0.2387},
    {400, 3.699, 0.2215},
    {800, 3.888, 0.2199},
}};

Gumbel At(std::size_t count) {
  const auto wanted = static_cast<double>(count);
  if (wanted <= kTable.front().count) return kTable.front();
  if (wanted >= kTable.back().count) return kTable.back();
  const auto* upper = std::find_if(kTable.begin(), kTable.end(),
                                   [&](const Gumbel& row) { return row.count >= wanted; });
  const auto* lower = upper - 1;
  const double share = std::log(wanted / lower->count) / std::log(upper->count / lower->count);
  return {wanted, std::lerp(lower->location, upper->location, share),
          std::lerp(lower->scale, upper->scale, share)};
}

}  // namespace

double ContrastThreshold(std::size_t count, double alpha) {
  const Gumbel row = At(count);
  return row.location - row.scale * std::log(-std::log1p(-alpha));
}

double ContrastProbability(std::size_t count, double contrast) {
  const Gumbel row = At(count);
  return -std::expm1(-std::exp(-(contrast - row.location) / row.scale));
}

}  // namespace pmubench::changepoints
