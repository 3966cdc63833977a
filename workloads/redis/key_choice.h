// Which key the next request is for.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

namespace pmubench::redis {

enum class Distribution { kUniform, kZipf };

/// A seed gives the same keys everywhere,
/// which the standard's distributions do not promise.
class KeyChoice {
 public:
  /// Keys 0 to `keys` - 1. Zipf with exponent 0.99 as in YCSB, its ranks spread over the key space
  /// so that hot keys are not neighbours.
  KeyChoice(std::uint64_t keys, Distribution distribution, std::uint64_t seed)
      : keys_(keys), zipf_(distribution == Distribution::kZipf), random_(seed) {
    if (!zipf_) return;
    for (std::uint64_t i = 1; i <= keys; ++i) zeta_ += 1 / std::pow(static_cast<double>(i), kTheta);
    const double zeta2 = 1 + std::pow(0.5, kTheta);
    eta_ = (1 - std::pow(2.0 / static_cast<double>(keys), 1 - kTheta)) / (1 - zeta2 / zeta_);
  }

  std::uint64_t Next() {
    if (!zipf_) return Below(keys_);
    // Gray et al., "Quickly Generating Billion-Record Synthetic Databases" (1994).
    const double u = static_cast<double>(random_() >> 11) * 0x1p-53;
    const double uz = u * zeta_;
    std::uint64_t rank = 0;
    if (uz >= 1) {
      rank = uz < 1 + std::pow(0.5, kTheta)
                 ? 1
                 : static_cast<std::uint64_t>(static_cast<double>(keys_) *
                                              std::pow(eta_ * u - eta_ + 1, 1 / (1 - kTheta)));
    }
    if (rank >= keys_) rank = keys_ - 1;
    return rank * 0x9E3779B97F4A7C15U % keys_;
  }

  /// A number below `limit`, for choosing the command.
  std::uint64_t Below(std::uint64_t limit) { return random_() % limit; }

 private:
  static constexpr double kTheta = 0.99;

  std::uint64_t keys_;
  bool zipf_;
  std::mt19937_64 random_;
  double zeta_ = 0;
  double eta_ = 0;
};

}  // namespace pmubench::redis
