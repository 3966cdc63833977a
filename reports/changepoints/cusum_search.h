// Where in an interval the level most likely changes: CUSUM contrasts of clipped residuals.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "reports/changepoints/seeded_intervals.h"

namespace pmubench::changepoints {

struct Split {
  std::size_t index = 0;  ///< first value of the new level
  double contrast = 0;    ///< difference of the two means in units of its standard error
};

/// Searches one series. Holds its buffers, so that no search allocates. Keeps a view of `values`.
class CusumSearch {
 public:
  explicit CusumSearch(std::span<const double> values);

  /// Residuals from an interval's median are clipped at `limit` and measured against `sigma` > 0.
  void SetNoise(double sigma, double limit);

  /// The strongest split of an interval of at least 2 values.
  [[nodiscard]] Split Strongest(Interval interval);
  /// The same, where the interval's median is known.
  [[nodiscard]] Split Strongest(Interval interval, double median);

  /// The split of the interval at `index`; contrast 0 where that leaves one side empty.
  [[nodiscard]] Split At(Interval interval, std::size_t index);

  [[nodiscard]] double Median(Interval interval);

 private:
  double Accumulate(Interval interval, double median);
  [[nodiscard]] double SquaredContrast(std::size_t left, std::size_t count, double mean) const;

  std::span<const double> values_;
  std::vector<double> scratch_;
  std::vector<double> sums_;
  std::vector<double> inverse_;
  double sigma_ = 1;
  double limit_;
};

}  // namespace pmubench::changepoints
