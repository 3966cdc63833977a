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

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

BenchmarkSeries& SeriesOf(const std::string& name, SeriesTable& table) {
  const auto at = std::lower_bound(
      table.benchmarks.begin(), table.benchmarks.end(), name,
      [](const BenchmarkSeries& one, const std::string& other) { return one.benchmark < other; });
  if (at != table.benchmarks.end() && at->benchmark == name) return *at;
  BenchmarkSeries series;
  series.benchmark = name;
  series.first_run = table.runs.size() - 1;
  return *table.benchmarks.insert(at, std::move(series));
}

std::size_t ColumnOf(const store::Metric& metric, std::size_t runs, BenchmarkSeries& series) {
  const auto at = std::find_if(series.metrics.begin(), series.metrics.end(),
                               [&](const MetricSeries& one) { return one.metric == metric; });
  if (at != series.metrics.end()) return static_cast<std::size_t>(at - series.metrics.begin());
  series.metrics.push_back({metric, std::vector<double>(runs, kMissing)});
  series.latest.emplace_back();
  series.reasons.emplace_back();
  return series.metrics.size() - 1;
}

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

void AppendRun(const store::Run& run, SeriesTable& table) {
  table.runs.push_back(run.info);
  for (BenchmarkSeries& benchmark : table.benchmarks) {
    for (MetricSeries& metric : benchmark.metrics) metric.values.push_back(kMissing);
  }
  ReplaceLast(run, table);
}

void ReplaceLast(const store::Run& run, SeriesTable& table) {
  const std::size_t last = table.runs.size() - 1;
  for (const store::Row& row : run.rows) {
    BenchmarkSeries& series = SeriesOf(row.benchmark, table);
    series.last_run = last;
    std::fill(series.latest.begin(), series.latest.end(), store::Value{});
    std::fill(series.reasons.begin(), series.reasons.end(), std::string());
    const auto& layout = run.layouts[row.layout];
    for (std::size_t i = 0; i < layout.size(); ++i) {
      const std::size_t column = ColumnOf(run.metrics[layout[i]], table.runs.size(), series);
      const store::Value& value = row.values[i];
      series.metrics[column].values[last] = value.value;
      series.latest[column] = value;
      if (value.reason > 0) series.reasons[column] = run.reasons[value.reason - 1U];
    }
  }
}

}  // namespace pmubench::history
