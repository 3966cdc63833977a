#include "fleet/run_seconds.h"

#include <nlohmann/json.hpp>

#include "reports/record.h"
#include "reports/time_unit.h"

namespace pmubench::fleet {
namespace {

using Json = nlohmann::json;

}  // namespace

void AddLoopSeconds(const std::filesystem::path& file, SecondsOf& seconds) {
  const auto record = ReadRecord(file);
  if (!record) return;
  for (const RecordRow& row : record->rows) {
    const Json fields = Json::parse(row.fields_json, nullptr, false);
    if (!fields.is_object() || fields.value("run_type", "") == "aggregate") continue;
    const auto number = [&](const char* key) {
      const auto found = fields.find(key);
      return found != fields.end() && found->is_number() ? found->get<double>() : 0.0;
    };
    seconds[fields.value("run_name", fields.value("name", ""))] +=
        1e-9 * number("iterations") * number("real_time") *
        NanosecondsPer(fields.value("time_unit", "ns")).value_or(1);
  }
}

SecondsOf ScaledTo(SecondsOf seconds, double wall_seconds) {
  double sum = 0;
  for (const auto& [name, value] : seconds) sum += value;
  for (auto& [name, value] : seconds) {
    value =
        sum > 0 ? value * wall_seconds / sum : wall_seconds / static_cast<double>(seconds.size());
  }
  return seconds;
}

void PutRunSeconds(const SecondsOf& seconds, store::Run& run) {
  const std::uint32_t metric = run.MetricIndex({kRunSeconds, "s"});
  for (store::Row& row : run.rows) {
    const auto found = seconds.find(row.benchmark);
    if (found == seconds.end()) continue;
    std::vector<std::uint32_t> layout = run.layouts[row.layout];
    layout.push_back(metric);
    row.layout = run.LayoutIndex(layout);
    store::Value value;
    value.value = found->second;
    row.values.push_back(value);
  }
}

SecondsOf GetRunSeconds(const store::Run& run) {
  SecondsOf seconds;
  for (const store::Row& row : run.rows) {
    const auto& layout = run.layouts[row.layout];
    for (std::size_t i = 0; i < layout.size(); ++i) {
      if (run.metrics[layout[i]].name == kRunSeconds && row.values[i].measured()) {
        seconds[row.benchmark] = row.values[i].value;
      }
    }
  }
  return seconds;
}

}  // namespace pmubench::fleet
