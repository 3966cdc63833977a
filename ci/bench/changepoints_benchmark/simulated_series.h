// Simulated benchmark histories, with and without a step.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pmubench::bench {

/// How the values of a history scatter about its level of 100. The unit is 1 % of the level.
enum class Noise {
  kGaussian,        ///< independent, standard deviation 1
  kSkewed,          ///< exponential: a tail of slow runs
  kVerySkewed,      ///< log-normal, logarithm's standard deviation 1, scaled to 1
  kOutliers,        ///< Gaussian; 3 % of the values are off by 10 more, either way
  kSlowOutliers,    ///< Gaussian; 3 % of the values are slower by 3 to 20
  kAutocorrelated,  ///< AR(1) with coefficient 0.5, standard deviation 1
  kBimodal,         ///< 70 % of the values in one mode, 30 % in another 3 away, 0.5 within each
  kConstant,
  kQuantised,    ///< a counter: whole numbers, standard deviation about 0.6
  kSparseCount,  ///< a count about 0: Poisson of mean 0.5
  kExact,        ///< instructions: standard deviation 2 parts in a million of the level
};

[[nodiscard]] std::string_view NoiseName(Noise noise);

struct Step {
  double size = 0;               ///< in units of 1 % of the level
  std::size_t values_after = 0;  ///< how many values the history has of the new level
};

/// `count` values. Equal for equal arguments on every machine: the generator and its
/// distributions are our own, the standard library's distributions differ between systems.
[[nodiscard]] std::vector<double> SimulatedSeries(Noise noise, std::size_t count,
                                                  std::uint64_t seed,
                                                  const std::optional<Step>& step = {});

}  // namespace pmubench::bench
