#include "reports/store/row_copy.h"

#include <algorithm>

namespace pmubench::store {

void AppendRow(const RowView& view, const Store& store, Run& run) {
  Row row;
  row.benchmark = view.benchmark;
  std::vector<std::uint32_t> layout;
  for (const std::uint32_t id : view.metric_ids) {
    layout.push_back(run.MetricIndex(store.MetricOf(id)));
  }
  row.layout = run.LayoutIndex(layout);
  row.values.assign(view.values.begin(), view.values.end());
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    if (!row.values[i].measured() && view.reason_ids[i] != 0) {
      row.values[i].reason = run.ReasonIndex(store.ReasonOf(view.reason_ids[i]));
    }
  }
  run.rows.push_back(std::move(row));
}

void AppendRows(const Run& from, Run& run) {
  for (const Row& other : from.rows) {
    Row row = other;
    std::vector<std::uint32_t> layout;
    for (const std::uint32_t index : from.layouts[other.layout]) {
      layout.push_back(run.MetricIndex(from.metrics[index]));
    }
    row.layout = run.LayoutIndex(layout);
    for (Value& value : row.values) {
      if (value.reason > 0) value.reason = run.ReasonIndex(from.reasons.at(value.reason - 1U));
    }
    for (Launches& launches : row.launches) {
      launches.metric = run.MetricIndex(from.metrics[launches.metric]);
    }
    run.rows.push_back(std::move(row));
  }
  SortRows(run);
  run.info.rows = static_cast<std::uint32_t>(run.rows.size());
}

void SortRows(Run& run) {
  std::sort(run.rows.begin(), run.rows.end(),
            [](const Row& a, const Row& b) { return a.benchmark < b.benchmark; });
}

}  // namespace pmubench::store
