#include "reports/changepoints/clipped_cusum.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "reports/changepoints/cusum_search.h"
#include "reports/changepoints/cusum_threshold.h"
#include "reports/changepoints/series_scale.h"
#include "reports/statistics/order.h"

namespace pmubench::changepoints {
namespace {

constexpr std::size_t kShortestSeries = 6;
constexpr std::size_t kShortestInterval = 4;
// How far from a step its other half may lie when the step is a staircase.
constexpr std::size_t kStaircaseReach = 12;
// So far on both sides the levels about a staircase are looked at: more adds nothing but time.
constexpr std::size_t kStaircaseContext = 64;
constexpr int kMaxMoves = 50;
constexpr int kMaxNoiseRounds = 3;
constexpr double kNoiseSettled = 0.02;
// Up to here the residuals' scale is larger because of outliers, not of the noise's shape:
// 3 % of them, clipped at 3 sigma, make it 13 % larger.
constexpr double kScaleMismatch = 1.15;
// Lag-1 autocorrelation that independent noise stays below mostly at n = 400.
constexpr double kIndependent = 0.1;
constexpr double kMostAutocorrelation = 0.9;

bool Weaker(const Split& a, const Split& b) { return a.contrast < b.contrast; }
bool Earlier(const Split& a, const Split& b) { return a.index < b.index; }
bool SamePlace(const Split& a, const Split& b) { return a.index == b.index; }

class Detector {
 public:
  Detector(std::span<const double> values, const ClippedCusumOptions& options, double floor)
      : values_(values),
        floor_(floor),
        threshold_(ContrastThreshold(values.size(), options.alpha)),
        // One value less than `shortest_step`, all clipped, stays below the threshold.
        clip_(threshold_ / std::sqrt(static_cast<double>(options.shortest_step - 1))),
        intervals_(SeededIntervals(values.size(), kShortestInterval)),
        search_(values) {
    for (const Interval& interval : intervals_) medians_.push_back(search_.Median(interval));
  }

  // The noise and the steps depend on each other: search, look at what is left, search again.
  std::vector<Split> Run() {
    const double rough = std::max(DifferenceScale(values_), floor_);
    if (rough == 0) return {};
    double sigma = rough;
    std::vector<Split> splits = Find(sigma);
    for (int round = 0; round < kMaxNoiseRounds; ++round) {
      const double next = Noise(splits, rough);
      if (std::abs(next - sigma) < kNoiseSettled * sigma) break;
      sigma = next;
      splits = Find(sigma);
    }
    return splits;
  }

 private:
  // Standard deviation that independent noise would need to move means as much as this noise.
  double Noise(const std::vector<Split>& splits, double rough) const {
    const Residuals rest = SegmentResiduals(values_, Bounds(splits), rough, clip_);
    const double scale = std::max(rest.scale, floor_);
    // The estimate is low by (1 + 3 rho) / n on average (Kendall 1954).
    const double bias = (1 + 3 * rest.autocorrelation) / static_cast<double>(values_.size());
    const double rho = std::min(rest.autocorrelation + bias, kMostAutocorrelation);
    if (scale == 0) return rough;
    if (rho > kIndependent) return scale * std::sqrt((1 + rho) / (1 - rho));
    return scale > rough && scale < kScaleMismatch * rough ? rough : scale;
  }

  std::vector<std::size_t> Bounds(const std::vector<Split>& splits) const {
    std::vector<std::size_t> bounds{0};
    for (const Split& split : splits) bounds.push_back(split.index);
    bounds.push_back(values_.size());
    return bounds;
  }

  std::vector<Split> Find(double sigma) {
    search_.SetNoise(sigma, clip_ * sigma);
    return Weed(Divide(Settle(Select())));
  }

  // Narrowest over threshold: of the intervals with a step, the narrowest first, and none that
  // holds a step already taken.
  std::vector<Split> Select() {
    std::vector<Split> taken;
    std::vector<std::pair<Split, Interval>> layer;
    const auto holds_taken = [&](const Interval& interval) {
      return std::any_of(taken.begin(), taken.end(), [&](const Split& split) {
        return interval.begin < split.index && split.index < interval.end;
      });
    };
    for (std::size_t i = 0; i < intervals_.size();) {
      const std::size_t width = intervals_[i].size();
      layer.clear();
      for (; i < intervals_.size() && intervals_[i].size() == width; ++i) {
        if (holds_taken(intervals_[i])) continue;
        const Split split = search_.Strongest(intervals_[i], medians_[i]);
        if (split.contrast > threshold_) layer.emplace_back(split, intervals_[i]);
      }
      std::stable_sort(layer.begin(), layer.end(),
                       [](const auto& a, const auto& b) { return Weaker(b.first, a.first); });
      for (const auto& [split, interval] : layer) {
        if (!holds_taken(interval)) taken.push_back(split);
      }
    }
    std::sort(taken.begin(), taken.end(), Earlier);
    return taken;
  }

  // Moves every step to where its two segments put it, dropping the weakest, until all hold.
  std::vector<Split> Settle(std::vector<Split> splits) {
    for (int move = 0; move < kMaxMoves && !splits.empty(); ++move) {
      const std::vector<std::size_t> bounds = Bounds(splits);
      std::vector<Split> moved;
      for (std::size_t i = 0; i < splits.size(); ++i) {
        moved.push_back(search_.Strongest({bounds[i], bounds[i + 2]}));
      }
      const auto weakest = std::min_element(moved.begin(), moved.end(), Weaker);
      const bool met = std::adjacent_find(moved.begin(), moved.end(), SamePlace) != moved.end();
      if (weakest->contrast <= threshold_ || met) {
        splits.erase(splits.begin() + (weakest - moved.begin()));
        continue;
      }
      const bool settled = std::equal(moved.begin(), moved.end(), splits.begin(), SamePlace);
      splits = std::move(moved);
      std::sort(splits.begin(), splits.end(), Earlier);
      if (settled) break;
    }
    return splits;
  }

  // A staircase of two close steps looks like one step in between to every interval that holds
  // both, so each step is also tried as two, each of which must hold on its own.
  std::vector<Split> Divide(const std::vector<Split>& splits) {
    const std::vector<std::size_t> bounds = Bounds(splits);
    std::vector<Split> divided;
    for (std::size_t i = 0; i < splits.size(); ++i) {
      const std::size_t middle = splits[i].index;
      const std::size_t context = middle - std::min(middle, kStaircaseContext);
      const std::size_t begin = std::max(divided.empty() ? 0 : divided.back().index, context);
      const std::size_t end = std::min(bounds[i + 2], middle + kStaircaseContext);
      Split first;
      Split second;
      for (std::size_t place = middle; place < std::min(end, middle + kStaircaseReach); ++place) {
        const Split low = search_.Strongest({begin, place});
        if (low.contrast <= threshold_ || low.index + kStaircaseReach < middle) continue;
        const Split high = search_.At({low.index, end}, place);
        if (std::min(low.contrast, high.contrast) > std::min(first.contrast, second.contrast)) {
          first = low;
          second = high;
        }
      }
      if (std::min(first.contrast, second.contrast) > threshold_) {
        divided.push_back(first);
        divided.push_back(second);
      } else {
        divided.push_back(splits[i]);
      }
    }
    return divided;
  }

  // Drops the weakest step where it stands, until all hold.
  std::vector<Split> Weed(std::vector<Split> splits) {
    while (!splits.empty()) {
      const std::vector<std::size_t> bounds = Bounds(splits);
      for (std::size_t i = 0; i < splits.size(); ++i) {
        splits[i] = search_.At({bounds[i], bounds[i + 2]}, splits[i].index);
      }
      const auto weakest = std::min_element(splits.begin(), splits.end(), Weaker);
      if (weakest->contrast > threshold_) break;
      splits.erase(weakest);
    }
    return splits;
  }

  std::span<const double> values_;
  double floor_;
  double threshold_;
  double clip_;
  std::vector<Interval> intervals_;
  std::vector<double> medians_;
  CusumSearch search_;
};

std::vector<ChangePoint> Levels(std::span<const double> values, const std::vector<Split>& splits) {
  std::vector<ChangePoint> points;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : splits[i - 1].index;
    const std::size_t end = i + 1 == splits.size() ? values.size() : splits[i + 1].index;
    ChangePoint point;
    point.index = splits[i].index;
    point.before = statistics::Median(values.subspan(begin, point.index - begin));
    point.after = statistics::Median(values.subspan(point.index, end - point.index));
    point.relative_change = RelativeChange(point.before, point.after);
    point.p = ContrastProbability(values.size(), splits[i].contrast);
    points.push_back(point);
  }
  return points;
}

}  // namespace

std::vector<ChangePoint> ClippedCusum(std::span<const double> values,
                                      const ClippedCusumOptions& options) {
  assert(options.alpha > 0 && options.alpha < 1 && options.shortest_step >= 2);
  if (values.size() < kShortestSeries) return {};
  std::vector<double> logs;
  double floor = options.scale_floor;
  if (std::all_of(values.begin(), values.end(), [](double value) { return value > 0; })) {
    logs.reserve(values.size());
    for (double value : values) logs.push_back(std::log(value));
  } else {
    floor *= std::abs(statistics::Median(values));
  }
  std::vector<Split> splits =
      Detector(logs.empty() ? values : std::span<const double>(logs), options, floor).Run();
  while (true) {
    std::vector<ChangePoint> points = Levels(values, splits);
    const auto smallest =
        std::min_element(points.begin(), points.end(), [](const auto& a, const auto& b) {
          return std::abs(a.relative_change) < std::abs(b.relative_change);
        });
    if (smallest == points.end() || std::abs(smallest->relative_change) >= options.minimum_effect) {
      return points;
    }
    splits.erase(splits.begin() + (smallest - points.begin()));
  }
}

double LargestContrast(std::span<const double> values) {
  CusumSearch search(values);
  double largest = 0;
  for (const Interval& interval : SeededIntervals(values.size(), kShortestInterval)) {
    largest = std::max(largest, search.Strongest(interval).contrast);
  }
  return largest;
}

}  // namespace pmubench::changepoints
