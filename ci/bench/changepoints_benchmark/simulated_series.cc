#include "ci/bench/changepoints_benchmark/simulated_series.h"

#include <cmath>
#include <numbers>

namespace pmubench::bench {
namespace {

constexpr double kLevel = 100;

// SplitMix64 (Steele, Lea and Flood 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // In (0, 1).
  double Uniform() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t bits = state_;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    bits ^= bits >> 31;
    return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53;
  }

  // Box and Muller.
  double Gaussian() {
    const double radius = std::sqrt(-2 * std::log(Uniform()));
    return radius * std::cos(2 * std::numbers::pi * Uniform());
  }

  bool Chance(double probability) { return Uniform() < probability; }

  // Knuth; for small means.
  double Poisson(double mean) {
    const double limit = std::exp(-mean);
    double count = 0;
    for (double product = Uniform(); product > limit; product *= Uniform()) ++count;
    return count;
  }

 private:
  std::uint64_t state_;
};

class Scatter {
 public:
  Scatter(Noise noise, Random& random)
      : noise_(noise), random_(random), previous_(random.Gaussian()) {}

  double Next() {
    switch (noise_) {
      case Noise::kGaussian:
        return random_.Gaussian();
      case Noise::kSkewed:
        return -std::log(random_.Uniform());
      case Noise::kVerySkewed:
        return std::exp(random_.Gaussian()) / kLogNormalDeviation;
      case Noise::kOutliers: {
        const double value = random_.Gaussian();
        return random_.Chance(0.03) ? value + 10 * random_.Gaussian() : value;
      }
      case Noise::kSlowOutliers: {
        const double value = random_.Gaussian();
        return random_.Chance(0.03) ? value + 3 + 17 * random_.Uniform() : value;
      }
      case Noise::kAutocorrelated:
        previous_ = 0.5 * previous_ + std::sqrt(0.75) * random_.Gaussian();
        return previous_;
      case Noise::kBimodal:
        return 0.5 * random_.Gaussian() + (random_.Chance(0.3) ? 3 : 0);
      case Noise::kConstant:
        return 0;
      case Noise::kQuantised:
        return std::round(0.5 * random_.Gaussian());
      case Noise::kSparseCount:
        return random_.Poisson(0.5) - kLevel;
      case Noise::kExact:
        return 2e-6 * kLevel * random_.Gaussian();
    }
    return 0;
  }

 private:
  // Of the exponential of a unit Gaussian: sqrt((e - 1) e).
  static constexpr double kLogNormalDeviation = 2.1612;

  Noise noise_;
  Random& random_;
  double previous_;
};

}  // namespace

std::string_view NoiseName(Noise noise) {
  switch (noise) {
    case Noise::kGaussian:
      return "Gaussian 1 %";
    case Noise::kSkewed:
      return "skewed";
    case Noise::kVerySkewed:
      return "very skewed";
    case Noise::kOutliers:
      return "3 % outliers";
    case Noise::kSlowOutliers:
      return "3 % slow outliers";
    case Noise::kAutocorrelated:
      return "AR(1) 0.5";
    case Noise::kBimodal:
      return "bimodal 70/30";
    case Noise::kConstant:
      return "constant";
    case Noise::kQuantised:
      return "quantised";
    case Noise::kSparseCount:
      return "count about 0";
    case Noise::kExact:
      return "instructions 2 ppm";
  }
  return "";
}

std::vector<double> SimulatedSeries(Noise noise, std::size_t count, std::uint64_t seed,
                                    const std::optional<Step>& step) {
  Random random(seed * 0x2545f4914f6cdd1d + static_cast<std::uint64_t>(noise));
  Scatter scatter(noise, random);
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const bool stepped = step && i + step->values_after >= count;
    values[i] = kLevel + scatter.Next() + (stepped ? step->size : 0);
  }
  return values;
}

}  // namespace pmubench::bench
