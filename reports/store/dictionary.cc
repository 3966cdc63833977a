#include "reports/store/dictionary.h"

#include "reports/store/packing.h"

namespace pmubench::store {

void TextTable::Learn(std::uint32_t id, std::string text) {
  ids_.insert_or_assign(text, id);
  texts_.insert_or_assign(id, std::move(text));
}

const std::string* TextTable::Find(std::uint32_t id) const {
  const auto found = texts_.find(id);
  return found == texts_.end() ? nullptr : &found->second;
}

const std::uint32_t* TextTable::IdOf(const std::string& text) const {
  const auto found = ids_.find(text);
  return found == ids_.end() ? nullptr : &found->second;
}

void TextTable::Clear() {
  texts_.clear();
  ids_.clear();
}

void Dictionaries::Clear() {
  metrics.Clear();
  reasons.Clear();
  layouts.Clear();
  benchmarks.Clear();
}

std::string MetricKey(const Metric& metric) { return metric.name + '\0' + metric.unit; }

Metric MetricFromKey(const std::string& key) {
  // A name may hold any byte; a unit is ours and holds no zero byte.
  const std::size_t zero = key.rfind('\0');
  if (zero == std::string::npos) return {key, ""};
  return {key.substr(0, zero), key.substr(zero + 1)};
}

std::vector<std::string> PackedLayouts(const Run& run, const RunIds& ids) {
  std::vector<std::string> packed;
  for (const auto& layout : run.layouts) {
    std::vector<std::uint32_t> metric_ids;
    for (const std::uint32_t metric : layout) metric_ids.push_back(ids.metrics[metric]);
    packed.push_back(PackIds(metric_ids));
  }
  return packed;
}

}  // namespace pmubench::store
