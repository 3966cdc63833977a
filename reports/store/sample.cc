#include "reports/store/sample.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>

#include "reports/statistics/order.h"

namespace pmubench::store {

namespace {

// Two values lie as far from their median as each other: they tell no spread.
double SpreadOf(const std::vector<double>& values) {
  return values.size() < 3 ? std::numeric_limits<double>::quiet_NaN()
                           : statistics::MadSigma(values);
}

}  // namespace

void Sample::Add(double value) {
  if (std::isfinite(value)) {
    values.push_back(value);
  } else {
    not_finite = true;
  }
}

void AddSample(const Sample& sample, const std::string& metric, Run& run,
               std::vector<std::uint32_t>& layout, Row& row) {
  const std::uint32_t index = run.MetricIndex({metric, sample.unit});
  layout.push_back(index);
  Value value;
  value.sampling = PackSampling(sample.sampling_ratio);
  if (sample.values.empty()) {
    value.reason = run.ReasonIndex(!sample.reason.empty() ? sample.reason
                                   : sample.not_finite    ? "the value is not a finite number"
                                                          : "not measured");
  } else {
    value.value = statistics::Median(sample.values);
    value.spread = static_cast<float>(sample.spread.value_or(SpreadOf(sample.values)));
  }
  row.values.push_back(value);
  // One launch whose value is the value says nothing more.
  if (sample.launches.size() > 1) row.launches.push_back({index, sample.launches});
}

Run MergeLaunches(const std::vector<Run>& launches) {
  assert(!launches.empty());
  if (launches.size() == 1) return launches.front();
  std::map<std::string, std::map<std::pair<std::string, std::string>, Sample>> benchmarks;
  for (const Run& run : launches) {
    for (const Row& row : run.rows) {
      const auto& layout = run.layouts[row.layout];
      for (std::size_t i = 0; i < layout.size(); ++i) {
        const Metric& metric = run.metrics[layout[i]];
        Sample& sample = benchmarks[row.benchmark][{metric.name, metric.unit}];
        sample.unit = metric.unit;
        const Value& value = row.values[i];
        if (value.measured()) {
          sample.Add(value.value);
        } else if (value.reason > 0) {
          sample.reason = run.reasons[value.reason - 1];
        }
        if (const auto ratio = UnpackSampling(value.sampling)) {
          sample.sampling_ratio = std::min(sample.sampling_ratio.value_or(1), *ratio);
        }
      }
    }
  }
  Run merged;
  merged.info = launches.front().info;
  merged.machine_document = launches.front().machine_document;
  merged.configuration_document = launches.front().configuration_document;
  merged.document = launches.front().document;
  for (const Run& run : launches) {
    if (run.info.status != "complete") merged.info.status = run.info.status;
  }
  for (auto& [name, samples] : benchmarks) {
    Row row;
    row.benchmark = name;
    std::vector<std::uint32_t> layout;
    for (auto& [metric, sample] : samples) {
      sample.launches = sample.values;
      AddSample(sample, metric.first, merged, layout, row);
    }
    row.layout = merged.LayoutIndex(layout);
    merged.rows.push_back(std::move(row));
  }
  merged.info.rows = static_cast<std::uint32_t>(merged.rows.size());
  return merged;
}

}  // namespace pmubench::store
