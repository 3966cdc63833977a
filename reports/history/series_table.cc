#include "reports/history/series_table.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace pmubench::history {
namespace {

constexpr std::uint32_t kDropped = 0xffffffff;

struct Building {
  BenchmarkSeries series;
  std::unordered_map<std::uint32_t, std::uint32_t> place;  // store's metric id -> column
};

}  // namespace

Result<SeriesTable> ReadSeries(store::Store& store, std::vector<store::RunInfo> runs,
                               const std::function<bool(const std::string& metric)>& keep) {
  SeriesTable table;
  table.runs = std::move(runs);
  const std::size_t count = table.runs.size();
  std::unordered_map<std::uint32_t, Building> building;
  auto scanned = store.Scan(table.runs, [&](const store::RowView& row) {
    const auto [at, is_new] = building.try_emplace(row.benchmark_id);
    Building& one = at->second;
    if (is_new) {
      one.series.benchmark = row.benchmark;
      one.series.first_run = row.run;
    }
    one.series.last_run = row.run;
    std::fill(one.series.latest.begin(), one.series.latest.end(), store::Value{});
    std::fill(one.series.reasons.begin(), one.series.reasons.end(), std::string());
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      const std::uint32_t id = row.metric_ids[i];
      auto place = one.place.find(id);
      if (place == one.place.end()) {
        const store::Metric& metric = store.MetricOf(id);
        const bool kept = !keep || keep(metric.name);
        place = one.place
                    .emplace(
                        id, kept ? static_cast<std::uint32_t>(one.series.metrics.size()) : kDropped)
                    .first;
        if (kept) {
          one.series.metrics.push_back(
              {metric, std::vector<double>(count, std::numeric_limits<double>::quiet_NaN())});
          one.series.latest.emplace_back();
          one.series.reasons.emplace_back();
        }
      }
      if (place->second == kDropped) continue;
      one.series.metrics[place->second].values[row.run] = row.values[i].value;
      one.series.latest[place->second] = row.values[i];
      if (!row.values[i].measured()) {
        one.series.reasons[place->second] = store.ReasonOf(row.reason_ids[i]);
      }
    }
  });
  if (!scanned) return scanned.error();
  for (auto& [id, one] : building) table.benchmarks.push_back(std::move(one.series));
  std::sort(
      table.benchmarks.begin(), table.benchmarks.end(),
      [](const BenchmarkSeries& a, const BenchmarkSeries& b) { return a.benchmark < b.benchmark; });
  return table;
}

store::Context NewestContext(const std::vector<store::RunInfo>& runs) {
  if (runs.empty()) return {};
  return {runs.back().machine, runs.back().configuration};
}

}  // namespace pmubench::history
