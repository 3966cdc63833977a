// A small random generator with the same sequence on every machine and with every standard library.
#pragma once

#include <cstdint>

namespace pmubench::planner {

/// splitmix64 (Steele, Lea, Flood 2014). The standard distributions differ between libraries, and
/// plans must not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  /// 0 .. bound-1; `bound` > 0. The bias is below 2^-32.
  int Below(int bound) {
    return static_cast<int>(((Next() >> 32) * static_cast<std::uint64_t>(bound)) >> 32);
  }
  /// [0, 1)
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace pmubench::planner
