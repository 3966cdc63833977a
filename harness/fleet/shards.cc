#include "fleet/shards.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>

namespace pmubench::fleet {

std::vector<Shard> Balance(std::vector<TimedBenchmark> benchmarks, std::size_t shards) {
  std::sort(benchmarks.begin(), benchmarks.end(),
            [](const TimedBenchmark& a, const TimedBenchmark& b) {
              return std::tie(b.seconds, a.name) < std::tie(a.seconds, b.name);
            });
  std::vector<Shard> filled(std::min(std::max<std::size_t>(shards, 1), benchmarks.size()));
  // Load, then number of benchmarks, so that benchmarks of no known length are spread evenly too.
  using Least = std::tuple<double, std::size_t, std::size_t>;
  std::priority_queue<Least, std::vector<Least>, std::greater<>> least;
  for (std::size_t i = 0; i < filled.size(); ++i) least.emplace(0.0, 0, i);
  for (TimedBenchmark& one : benchmarks) {
    const std::size_t at = std::get<2>(least.top());
    least.pop();
    filled[at].seconds += one.seconds;
    filled[at].benchmarks.push_back(std::move(one.name));
    least.emplace(filled[at].seconds, filled[at].benchmarks.size(), at);
  }
  for (Shard& shard : filled) std::sort(shard.benchmarks.begin(), shard.benchmarks.end());
  return filled;
}

std::size_t ShardCount(const std::vector<TimedBenchmark>& benchmarks, double shard_seconds) {
  double seconds = 0;
  for (const TimedBenchmark& one : benchmarks) seconds += one.seconds;
  const double wanted = std::ceil(seconds / std::max(shard_seconds, 1e-3));
  const double most = static_cast<double>(std::max<std::size_t>(benchmarks.size(), 1));
  return static_cast<std::size_t>(std::clamp(wanted, 1.0, most));
}

}  // namespace pmubench::fleet
