#include "catalogue/turn_interval.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace pmubench {
namespace {

/// The run: time, counts extrapolated to all of it, and the time they were counted for.
struct Totals {
  double time = 0;
  double running = 0;
  std::vector<double> events;
  int turns = 0;
};

Totals TotalsOf(const std::vector<TurnRound>& rounds, std::size_t events) {
  Totals totals;
  totals.events.assign(events, 0.0);
  for (const TurnRound& round : rounds) {
    totals.time += round.time_ns;
    for (const TurnSample& turn : round.turns) {
      ++totals.turns;
      totals.running += turn.time_ns;
      for (std::size_t e = 0; e < events; ++e) totals.events[e] += turn.counts[e];
    }
  }
  totals.time = std::max(totals.time, totals.running);
  for (double& count : totals.events) count *= totals.time / totals.running;
  return totals;
}

/// The formula's slopes at the totals, by central differences.
std::optional<std::vector<double>> Gradient(const Formula& formula,
                                            const std::vector<std::string>& names,
                                            const std::map<std::string, Value>& quantities,
                                            const std::vector<double>& at) {
  std::vector<double> point = at;
  const auto value = [&] {
    return formula.Evaluate([&](std::string_view name) -> Value {
      const auto event = std::find(names.begin(), names.end(), name);
      if (event != names.end()) return {point[static_cast<std::size_t>(event - names.begin())], ""};
      const auto quantity = quantities.find(std::string(name));
      return quantity == quantities.end() ? Value{std::nullopt, "not known"} : quantity->second;
    });
  };
  std::vector<double> gradient;
  for (std::size_t e = 0; e < names.size(); ++e) {
    const double step = std::max(std::abs(at[e]), 1.0) * 1e-5;
    point[e] = at[e] + step;
    const Value above = value();
    point[e] = at[e] - step;
    const Value below = value();
    point[e] = at[e];
    if (!above.number || !below.number) return std::nullopt;
    gradient.push_back((*above.number - *below.number) / (2 * step));
  }
  return gradient;
}

/// Rounds with two turns of the metric or more; a round with fewer (the run ended in it, or a
/// target slept) is laid to the one before it.
std::vector<TurnRound> Whole(const std::vector<TurnRound>& rounds) {
  std::vector<TurnRound> whole;
  for (const TurnRound& round : rounds) {
    if (!whole.empty() && (round.turns.size() < 2 || whole.back().turns.size() < 2)) {
      whole.back().time_ns += round.time_ns;
      whole.back().turns.insert(whole.back().turns.end(), round.turns.begin(), round.turns.end());
    } else {
      whole.push_back(round);
    }
  }
  return whole;
}

/// What each turn adds to the estimate's error, by round: z of the header.
std::vector<std::vector<double>> Residuals(const std::vector<TurnRound>& rounds,
                                           const Totals& totals,
                                           const std::vector<double>& gradient) {
  const double scale = totals.time / totals.running;
  std::vector<std::vector<double>> residuals;
  for (const TurnRound& round : rounds) {
    std::vector<double>& z = residuals.emplace_back();
    for (const TurnSample& turn : round.turns) {
      double sum = 0;
      for (std::size_t e = 0; e < gradient.size(); ++e) {
        sum +=
            gradient[e] * scale * (turn.counts[e] - totals.events[e] / totals.time * turn.time_ns);
      }
      z.push_back(sum);
    }
  }
  return residuals;
}

/// n (1 - f): turns of the round times the share of its time that they do not cover.
double Unseen(const TurnRound& round) {
  double running = 0;
  for (const TurnSample& turn : round.turns) running += turn.time_ns;
  const double unseen = round.time_ns > 0 ? 1 - running / round.time_ns : 0;
  return static_cast<double>(round.turns.size()) * std::max(unseen, 0.0);
}

double SampleVariance(const std::vector<double>& z) {
  const auto n = static_cast<double>(z.size());
  double mean = 0;
  for (const double value : z) mean += value / n;
  double squares = 0;
  for (const double value : z) squares += (value - mean) * (value - mean);
  return squares / (n - 1);
}

/// A variance made of independent parts.
struct Variance {
  double sum = 0;
  double squares = 0;  ///< of the parts, each divided by its degrees of freedom

  /// An estimated part squared is too large by (df + 2) / df in the mean.
  void Add(double part, double degrees_of_freedom) {
    sum += part;
    squares += part * part / (degrees_of_freedom + 2);
  }
  [[nodiscard]] double DegreesOfFreedom() const {
    return squares > 0 ? std::max(sum * sum / squares - 2, 0.0) : 0;
  }
};

// Chosen with the signals of the coverage test: stationary ones, and phases from a few turns to a
// third of the run.
constexpr double kFewParts = 5;
constexpr double kMoreFreedom = 10;

}  // namespace

std::optional<TurnInterval> EstimateInterval(const Formula& formula,
                                             const std::vector<std::string>& events,
                                             const std::map<std::string, Value>& quantities,
                                             const std::vector<TurnRound>& rounds) {
  const std::vector<TurnRound> strata = Whole(rounds);
  if (strata.size() < 2 || strata.back().turns.size() < 2) return std::nullopt;
  const Totals totals = TotalsOf(strata, events.size());
  if (totals.running <= 0) return std::nullopt;
  const auto gradient = Gradient(formula, events, quantities, totals.events);
  if (!gradient) return std::nullopt;
  const auto z = Residuals(strata, totals, *gradient);

  const auto count = static_cast<double>(strata.size());
  double within = 0;
  Variance both;
  for (std::size_t h = 0; h < strata.size(); ++h) {
    const double part = Unseen(strata[h]) * SampleVariance(z[h]);
    within += part;
    both.Add(part / 2, static_cast<double>(z[h].size() - 1));
    if (h + 1 == strata.size()) break;
    const double step = z[h].back() - z[h + 1].front();
    const double weight = (Unseen(strata[h]) + Unseen(strata[h + 1])) / 2 * count / (count - 1);
    both.Add(weight * step * step / 2 / 2, 1);
  }
  TurnInterval interval;
  interval.turns = totals.turns;
  const double few = 1 / (1 + both.DegreesOfFreedom() / kFewParts);
  const double variance = within + few * std::max(both.sum - within, 0.0);
  interval.degrees_of_freedom = both.DegreesOfFreedom() + kMoreFreedom;
  interval.half_width = StudentQuantile(interval.degrees_of_freedom) * std::sqrt(variance);
  return interval;
}

double StudentQuantile(double degrees_of_freedom) {
  static constexpr std::array<std::pair<double, double>, 15> kTable{{{1, 12.706},
                                                                     {1.25, 8.20},
                                                                     {1.5, 6.08},
                                                                     {2, 4.303},
                                                                     {3, 3.182},
                                                                     {4, 2.776},
                                                                     {5, 2.571},
                                                                     {6, 2.447},
                                                                     {8, 2.306},
                                                                     {10, 2.228},
                                                                     {15, 2.131},
                                                                     {20, 2.086},
                                                                     {30, 2.042},
                                                                     {60, 2.000},
                                                                     {1e9, 1.960}}};
  const double df = std::clamp(degrees_of_freedom, 1.0, 1e9);
  std::size_t upper = 1;
  while (kTable[upper].first < df) ++upper;
  const auto [low, t_low] = kTable[upper - 1];
  const auto [high, t_high] = kTable[upper];
  const double share = (1 / low - 1 / df) / (1 / low - 1 / high);
  return t_low + share * (t_high - t_low);
}

}  // namespace pmubench
