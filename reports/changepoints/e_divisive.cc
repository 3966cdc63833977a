#include "reports/changepoints/e_divisive.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <numeric>
#include <optional>

namespace pmubench::changepoints {
namespace {

struct Moments {
  double count = 0;
  double mean = 0;
  double squares = 0;  // of deviations from the mean
};

Moments MomentsOf(std::span<const double> values) {
  Moments result;
  result.count = static_cast<double>(values.size());
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / result.count;
  for (double value : values) result.squares += (value - result.mean) * (value - result.mean);
  return result;
}

// Two-sided p of Student's t from population standard deviations.
double TTest(const Moments& left, const Moments& right) {
  const double freedom = left.count + right.count - 2;
  if (freedom <= 0) return 1;
  const double left_part = (left.count - 1) * left.squares / left.count;
  const double right_part = (right.count - 1) * right.squares / right.count;
  const double variance = (left_part + right_part) / freedom;
  const double difference = left.mean - right.mean;
  if (variance == 0) return difference == 0 ? 1 : 0;
  const double t = difference / std::sqrt(variance * (1 / left.count + 1 / right.count));
  const boost::math::students_t distribution(freedom);
  return 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(t)));
}

ChangePoint Describe(std::span<const double> values, std::size_t begin, std::size_t index,
                     std::size_t end) {
  const Moments left = MomentsOf(values.subspan(begin, index - begin));
  const Moments right = MomentsOf(values.subspan(index, end - index));
  return {index, left.mean, right.mean, RelativeChange(left.mean, right.mean), TTest(left, right)};
}

// The larger of the change seen from before and seen from after.
double Magnitude(const ChangePoint& point) {
  return std::max(std::abs(point.relative_change),
                  std::abs(RelativeChange(point.after, point.before)));
}

// One window: its sums of distances, so that every split costs O(1).
class Window {
 public:
  explicit Window(std::span<const double> values)
      : size_(values.size()), sums_(values.size() * (values.size() + 1)) {
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j < size_; ++j) {
        At(i, j + 1) = At(i, j) + std::abs(values[i] - values[j]);
      }
    }
  }

  struct Candidate {
    std::size_t index = 0;
    double energy = 0;
  };

  // The split of [begin, end), possibly ignoring values at its end, with the largest energy.
  std::optional<Candidate> Best(std::size_t begin, std::size_t end) const {
    std::optional<Candidate> best;
    double inside_left = 0;
    for (std::size_t split = begin + 1; split < end; ++split) {
      inside_left += Distances(split - 1, begin, split - 1);
      const auto left = static_cast<double>(split - begin);
      double between = 0;
      double inside_right = 0;
      for (std::size_t last = split; last < end; ++last) {
        between += Distances(last, begin, split);
        inside_right += Distances(last, split, last);
        const auto right = static_cast<double>(last - split + 1);
        double energy = 2 / (left + right) * between;
        if (left > 1) energy -= 2 * right / ((left + right) * (left - 1)) * inside_left;
        if (right > 1) energy -= 2 * left / ((left + right) * (right - 1)) * inside_right;
        if (!best || energy > best->energy) best = {split, energy};
      }
    }
    return best;
  }

 private:
  double& At(std::size_t i, std::size_t j) { return sums_[i * (size_ + 1) + j]; }
  // Sum of |value i - value j| for j in [from, to).
  double Distances(std::size_t i, std::size_t from, std::size_t to) const {
    const double* row = &sums_[i * (size_ + 1)];
    return row[to] - row[from];
  }

  std::size_t size_;
  std::vector<double> sums_;
};

std::vector<std::size_t> SplitWindow(std::span<const double> values, double p) {
  const Window window(values);
  std::vector<std::size_t> bounds{0, values.size()};
  while (true) {
    std::optional<Window::Candidate> best;
    std::size_t slot = 0;
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      const auto candidate = window.Best(bounds[i], bounds[i + 1]);
      if (candidate && (!best || candidate->energy > best->energy)) {
        best = candidate;
        slot = i;
      }
    }
    if (!best || Describe(values, bounds[slot], best->index, bounds[slot + 1]).p > p) break;
    bounds.insert(bounds.begin() + static_cast<std::ptrdiff_t>(slot) + 1, best->index);
  }
  return {bounds.begin() + 1, bounds.end() - 1};
}

std::vector<std::size_t> SlideWindow(std::span<const double> values, std::size_t width, double p) {
  std::vector<std::size_t> found;
  for (std::size_t start = 0; start < values.size();) {
    const std::size_t count = std::min(width, values.size() - start);
    std::size_t next = start + std::max<std::size_t>(1, width / 2);
    for (std::size_t index : SplitWindow(values.subspan(start, count), p)) {
      found.push_back(start + index);
      next = std::max(next, start + index);
    }
    start = next;
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

// The splitting pass is lenient, so that the merging pass decides.
double LenientP(double p) {
  if (p < 0.05) return p * 10;
  return p < 0.5 ? p * 2 : p;
}

}  // namespace

std::vector<ChangePoint> EDivisive(std::span<const double> values,
                                   const EDivisiveOptions& options) {
  assert(options.window >= 2);
  std::vector<ChangePoint> points;
  for (std::size_t index : SlideWindow(values, options.window, LenientP(options.p))) {
    points.push_back({index, 0, 0, 0, 0});
  }
  const auto describe = [&](std::size_t i) {
    const std::size_t begin = i == 0 ? 0 : points[i - 1].index;
    const std::size_t end = i + 1 == points.size() ? values.size() : points[i + 1].index;
    points[i] = Describe(values, begin, points[i].index, end);
  };
  for (std::size_t i = 0; i < points.size(); ++i) describe(i);

  while (!points.empty()) {
    auto weakest = std::max_element(points.begin(), points.end(),
                                    [](const auto& a, const auto& b) { return a.p < b.p; });
    if (weakest->p < options.p) {
      weakest = std::min_element(points.begin(), points.end(), [](const auto& a, const auto& b) {
        return Magnitude(a) < Magnitude(b);
      });
      if (Magnitude(*weakest) > options.minimum_effect) break;
    }
    const auto at = static_cast<std::size_t>(weakest - points.begin());
    points.erase(weakest);
    // Otava looks again at the two points after the dropped one and not at the one before it.
    // Kept, so that the same points come out.
    if (at < points.size()) describe(at);
    if (at + 1 < points.size()) describe(at + 1);
  }
  return points;
}

}  // namespace pmubench::changepoints
