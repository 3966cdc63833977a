// How far a metric measured in turns may be from what measuring all the time would have given.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/formula.h"

namespace pmubench {

/// One turn in which all events of a metric were counted together.
struct TurnSample {
  std::vector<double> counts;  ///< in the order of the metric's events
  double time_ns = 0;          ///< running
};

/// One round of turns: the whole time of it, and the turns in which this metric was counted.
struct TurnRound {
  double time_ns = 0;
  std::vector<TurnSample> turns;
};

/// The 95 % interval of a metric is its value plus and minus `half_width`.
struct TurnInterval {
  double half_width = 0;
  double degrees_of_freedom = 0;
  int turns = 0;
};

/// The interval of a metric over one run. The run itself is the population: where the metric was
/// measured all the time, the half-width is 0.
///
/// A round is a stratum, its turns are a simple random sample of it (counters/turn_order.h), so
/// the design, not the workload, gives the variance: Cochran, "Sampling Techniques", 3rd ed.,
/// 1977, ch. 5 (stratified random sampling) with ch. 6 (ratio estimators). The formula is
/// linearised at the run's totals (delta method): with gradient g over the events' totals E
/// extrapolated to the whole time T, each turn i contributes
///     z_i = sum over events e of  g_e * (T / t) * (count_ei - E_e / T * time_i),  t = sum time_i,
/// and the variance of the estimate is
///     sum over rounds h of  n_h * (1 - f_h) * s_h^2
/// with n_h turns of the metric, f_h the share of the round's time that they cover, and s_h^2 the
/// sample variance of their z: W. W is right in the mean, but where two or three changes of phase
/// make all the variance it sees none of it half the time. The steps from each round's last turn
/// to the next round's first see them; A is the mean of W and the same from these steps, and too
/// wide for slow phases. So V = W + max(A - W, 0) / (1 + df / 5), df being Satterthwaite's for A:
/// few parts make V nearly A, many make it W. Half-width: Student's t for df + 10, times the root
/// of V. The two constants were chosen by simulation (tests/catalogue/turn_interval_test.cc).
/// Empty where fewer than two rounds have two turns, or the formula gives no number.
[[nodiscard]] std::optional<TurnInterval> EstimateInterval(
    const Formula& formula, const std::vector<std::string>& events,
    const std::map<std::string, Value>& quantities, const std::vector<TurnRound>& rounds);

/// The 97.5 % quantile of Student's t, to 1 % from 2 degrees of freedom on.
[[nodiscard]] double StudentQuantile(double degrees_of_freedom);

}  // namespace pmubench
