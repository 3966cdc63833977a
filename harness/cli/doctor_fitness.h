// How fit a machine is for benchmarks: its settings, and its noise as measured.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/doctor.h"

namespace pmubench {

/// A fixed program's values over launches.
struct CanarySamples {
  std::string benchmark;
  std::vector<double> values;  ///< one a launch, in any unit
};

struct NoiseMeasurement {
  std::vector<CanarySamples> canaries;
  double steal_share = 0;  ///< of all CPU time meanwhile, taken by other guests of the host
  bool steal_known = false;
  std::string not_measured;  ///< why there are no canaries
};

enum class Fitness { kGood, kUsable, kUnfit };
[[nodiscard]] std::string_view FitnessName(Fitness fitness);

/// Standard deviation by mean; 0 for fewer than two values.
[[nodiscard]] double CoefficientOfVariation(const std::vector<double>& values);

/// The share of steal time between two readings of /proc/stat's first line; negative where they
/// tell nothing.
[[nodiscard]] double StealShare(std::string_view before, std::string_view after);

/// Adds the findings of the section "benchmarking" and rates all that is about noise: unfit where a
/// measured noise would hide changes of 5 %, good where nothing limits. Pure.
[[nodiscard]] Fitness RateFitness(const NoiseMeasurement& noise, DoctorReport& report);

/// Launches the canary some times and watches steal time. Takes about 10 s; progress on a terminal.
[[nodiscard]] NoiseMeasurement MeasureNoise(int launches);

}  // namespace pmubench
