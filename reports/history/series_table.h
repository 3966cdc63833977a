// All series of one context, read in one pass over the store.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "pmubench/result.h"
#include "reports/store/store.h"

namespace pmubench::history {

struct MetricSeries {
  store::Metric metric;
  std::vector<double> values;  ///< one a run, NaN where there is none
};

struct BenchmarkSeries {
  std::string benchmark;
  std::vector<MetricSeries> metrics;
  std::vector<store::Value> latest;  ///< of the last run that has the benchmark, as `metrics`
  std::vector<std::string> reasons;  ///< why a latest value is missing, as `metrics`
  std::size_t first_run = 0, last_run = 0;  ///< the first and last run that have it
};

struct SeriesTable {
  std::vector<store::RunInfo> runs;
  std::vector<BenchmarkSeries> benchmarks;  ///< by name
};

/// `runs` are of one machine and configuration, as Store::Runs gave them. `keep` chooses metrics.
[[nodiscard]] Result<SeriesTable> ReadSeries(
    store::Store& store, std::vector<store::RunInfo> runs,
    const std::function<bool(const std::string& metric)>& keep = {});

/// Appends `run` as the newest one, whatever its clock says, without a store.
void AppendRun(const store::Run& run, SeriesTable& table);

/// Gives the last run of the table, which was made of the same benchmarks, new values.
void ReplaceLast(const store::Run& run, SeriesTable& table);

}  // namespace pmubench::history
