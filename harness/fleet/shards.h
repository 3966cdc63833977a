// Benchmarks into shards that take equally long. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pmubench::fleet {

struct TimedBenchmark {
  std::string name;
  double seconds = 0;  ///< what it is expected to take, all launches together
};

struct Shard {
  std::vector<std::string> benchmarks;  ///< in order of name
  double seconds = 0;
};

/// Longest processing time first: each benchmark goes to the shard that has least so far. The
/// longest shard is at most 4/3 - 1/(3 shards) times the optimum (Graham 1969). Deterministic;
/// without empty shards, so there may be fewer than asked for.
[[nodiscard]] std::vector<Shard> Balance(std::vector<TimedBenchmark> benchmarks,
                                         std::size_t shards);

/// How many shards of about `shard_seconds` there are in it: at least 1, and at most one a
/// benchmark.
[[nodiscard]] std::size_t ShardCount(const std::vector<TimedBenchmark>& benchmarks,
                                     double shard_seconds);

}  // namespace pmubench::fleet
