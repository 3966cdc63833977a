#include "bandwidth/levels.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace pmubench {
namespace {

/// Sums that give the squared distances of any run from its mean.
class RunCosts {
 public:
  explicit RunCosts(const std::vector<double>& counts) : sums_{0}, squares_{0} {
    // Scaled to 1: squares of flit counts would lose the digits that decide.
    const double scale = counts.empty() || counts.front() <= 0 ? 1 : counts.front();
    for (const double count : counts) {
      const double x = count / scale;
      sums_.push_back(sums_.back() + x);
      squares_.push_back(squares_.back() + x * x);
    }
  }

  [[nodiscard]] double Of(std::size_t begin, std::size_t end) const {
    const double sum = sums_[end] - sums_[begin];
    return squares_[end] - squares_[begin] - sum * sum / static_cast<double>(end - begin);
  }

 private:
  std::vector<double> sums_;
  std::vector<double> squares_;
};

}  // namespace

std::vector<std::size_t> LevelsByGaps(const std::vector<double>& counts, double gap) {
  std::vector<std::size_t> levels;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (i == 0 || counts[i] < counts[i - 1] * (1 - gap)) levels.push_back(0);
    ++levels.back();
  }
  return levels;
}

std::vector<std::size_t> BestClusters(const std::vector<double>& counts, std::size_t k) {
  const std::size_t n = counts.size();
  k = std::min(k, n);
  if (k == 0) return {};
  const RunCosts costs(counts);
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  // best[c][i]: the first i counts in c + 1 clusters; begin[c][i]: where the last of them begins.
  std::vector<std::vector<double>> best(k, std::vector<double>(n + 1, kInfinite));
  std::vector<std::vector<std::size_t>> begin(k, std::vector<std::size_t>(n + 1, 0));
  for (std::size_t i = 1; i <= n; ++i) best[0][i] = costs.Of(0, i);
  for (std::size_t c = 1; c < k; ++c) {
    for (std::size_t i = c + 1; i <= n; ++i) {
      for (std::size_t j = c; j < i; ++j) {
        const double cost = best[c - 1][j] + costs.Of(j, i);
        if (cost < best[c][i]) {
          best[c][i] = cost;
          begin[c][i] = j;
        }
      }
    }
  }
  std::vector<std::size_t> lengths;
  std::size_t end = n;
  for (std::size_t c = k; c-- > 0;) {
    lengths.push_back(end - begin[c][end]);
    end = begin[c][end];
  }
  std::reverse(lengths.begin(), lengths.end());
  return lengths;
}

double Unevenness(const std::vector<double>& counts) {
  if (counts.empty()) return 0;
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  const double mean =
      std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
  return mean > 0 ? (*most - *least) / mean : 0;
}

}  // namespace pmubench
