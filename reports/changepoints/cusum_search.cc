#include "reports/changepoints/cusum_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reports/statistics/order.h"

namespace pmubench::changepoints {

CusumSearch::CusumSearch(std::span<const double> values)
    : values_(values),
      scratch_(values.size()),
      sums_(values.size()),
      inverse_(values.size() + 1),
      limit_(std::numeric_limits<double>::infinity()) {
  for (std::size_t i = 1; i <= values.size(); ++i) inverse_[i] = 1.0 / static_cast<double>(i);
}

void CusumSearch::SetNoise(double sigma, double limit) {
  sigma_ = sigma;
  limit_ = limit;
}

double CusumSearch::Median(Interval interval) {
  const auto scratch = std::span(scratch_).first(interval.size());
  std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(interval.begin), interval.size(),
              scratch.begin());
  return statistics::MedianInPlace(scratch);
}

Split CusumSearch::Strongest(Interval interval) {
  if (interval.size() < 2) return {interval.begin, 0};
  return Strongest(interval, Median(interval));
}

Split CusumSearch::Strongest(Interval interval, double median) {
  const std::size_t count = interval.size();
  const double mean = Accumulate(interval, median);
  for (std::size_t left = 1; left < count; ++left) {
    scratch_[left] = SquaredContrast(left, count, mean);
  }
  double best = 0;
  std::size_t at = 1;
  for (std::size_t left = 1; left < count; ++left) {
    if (scratch_[left] > best) {
      best = scratch_[left];
      at = left;
    }
  }
  return {interval.begin + at, std::sqrt(best) / sigma_};
}

Split CusumSearch::At(Interval interval, std::size_t index) {
  if (index <= interval.begin || index >= interval.end) return {index, 0};
  const double mean = Accumulate(interval, Median(interval));
  const double squared = SquaredContrast(index - interval.begin, interval.size(), mean);
  return {index, std::sqrt(squared) / sigma_};
}

// Running sums of the clipped residuals; gives their mean.
double CusumSearch::Accumulate(Interval interval, double median) {
  const std::size_t count = interval.size();
  const double* values = values_.data() + interval.begin;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += std::clamp(values[i] - median, -limit_, limit_);
    sums_[i] = sum;
  }
  return sum / static_cast<double>(count);
}

// (sum of the left - left * mean)^2 * m / (left (m - left)), and m / (k (m - k)) = 1/k + 1/(m - k).
double CusumSearch::SquaredContrast(std::size_t left, std::size_t count, double mean) const {
  const double excess = sums_[left - 1] - static_cast<double>(left) * mean;
  return excess * excess * (inverse_[left] + inverse_[count - left]);
}

}  // namespace pmubench::changepoints
