// How large the CUSUM contrast becomes by noise alone.
#pragma once

#include <cstddef>

namespace pmubench::changepoints {

/// The largest contrast over the seeded intervals of `count` Gaussian values follows a Gumbel
/// distribution closely; both functions read location and scale from a table that
/// `ci/bench/changepoints --calibrate` prints, interpolated in log(count).
///
/// The threshold that pure noise passes anywhere in a series with probability `alpha`.
[[nodiscard]] double ContrastThreshold(std::size_t count, double alpha);

/// The probability that pure noise reaches `contrast` anywhere in a series of `count` values.
[[nodiscard]] double ContrastProbability(std::size_t count, double contrast);

}  // namespace pmubench::changepoints
