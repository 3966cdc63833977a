#include "reports/history/noise.h"

namespace pmubench::history {

Noise NoiseOf(const SeriesTable& table, const Nightly& night) {
  Noise noise;
  for (const SeriesState& state : night.series) {
    if (!state.gate || !state.noise) continue;
    const BenchmarkSeries& benchmark = table.benchmarks[state.benchmark];
    noise[{benchmark.benchmark, benchmark.metrics[state.metric].metric.name}] = *state.noise;
  }
  return noise;
}

std::function<std::optional<double>(const std::string&, const std::string&)> Lookup(Noise noise) {
  return [noise = std::move(noise)](const std::string& benchmark,
                                    const std::string& metric) -> std::optional<double> {
    const auto at = noise.find({benchmark, metric});
    return at == noise.end() ? std::nullopt : std::optional(at->second);
  };
}

}  // namespace pmubench::history
