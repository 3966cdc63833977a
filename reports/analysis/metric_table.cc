#include "reports/analysis/metric_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace pmubench {
namespace {

bool IsIterationOf(const RecordRow& row, const std::string& run_name) {
  const auto fields = nlohmann::json::parse(row.fields_json, nullptr, false);
  if (!fields.is_object()) return false;
  return fields.value("run_name", fields.value("name", "")) == run_name &&
         fields.value("run_type", "iteration") == "iteration";
}

std::optional<double> CpuTimeOf(const Record& record, const std::string& run_name) {
  double time = 0;
  double iterations = 0;
  for (const RecordRow& row : record.rows) {
    if (row.counts.empty() || !IsIterationOf(row, run_name)) continue;
    for (const RecordCounts& counts : row.counts) {
      const auto cpu = counts.quantities.find("cpu_ns");
      const auto count = counts.quantities.find("iterations");
      if (cpu == counts.quantities.end() || count == counts.quantities.end()) continue;
      time += cpu->second;
      iterations += count->second;
    }
  }
  if (iterations <= 0 || time <= 0) return std::nullopt;
  return time / iterations;
}

}  // namespace

const TableMetric* AnalysisInput::Find(std::string_view name) const {
  const auto it = metrics.find(name);
  return it == metrics.end() ? nullptr : &it->second;
}

std::optional<double> AnalysisInput::Number(std::string_view name) const {
  const TableMetric* metric = Find(name);
  return metric == nullptr ? std::nullopt : metric->value;
}

MetricDoubts DoubtsOf(const AnalysisInput& table) {
  MetricDoubts doubts;
  for (const auto& [name, metric] : table.metrics) {
    if (!metric.value) doubts.missing[name] = metric.reason;
    if (!metric.wrong.empty()) doubts.wrong[name] = metric.wrong;
  }
  return doubts;
}

Result<AnalysisInput> TableOf(const Record& record, const std::string& run_name) {
  const auto result =
      std::find_if(record.results.begin(), record.results.end(),
                   [&](const RecordResult& one) { return one.run_name == run_name; });
  if (result == record.results.end()) {
    return Error{ErrorCode::kNotFound, fmt::format("the record has no benchmark '{}'", run_name),
                 ""};
  }
  AnalysisInput table;
  table.counts_kernel = record.counts_kernel;
  table.cpu_ns = CpuTimeOf(record, run_name);
  for (const RecordMetric& metric : result->metrics) {
    TableMetric& entry = table.metrics[metric.name];
    entry.value = metric.value;
    entry.unit = metric.unit;
    entry.reason = metric.reason;
    entry.note = entry.wrong = metric.note;
  }
  for (const RecordMetricDefinition& definition : record.definitions) {
    const auto it = table.metrics.find(definition.name);
    if (it == table.metrics.end()) continue;
    it->second.title = definition.title;
    if (definition.note.empty()) continue;
    if (!it->second.note.empty()) it->second.note += "; ";
    it->second.note += definition.note;
  }
  return table;
}

}  // namespace pmubench
