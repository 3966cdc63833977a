#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

#include "platform/build_info.h"
#include "reports/record.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

// Counts are whole numbers and shall look so; 2^53 is the last that a double holds exactly.
Json Number(double value) {
  if (!std::isfinite(value)) return nullptr;
  constexpr double kExact = 9007199254740992.0;
  if (value == std::trunc(value) && std::fabs(value) <= kExact) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

Json Number(const std::optional<double>& value) { return value ? Number(*value) : Json(nullptr); }

Json Object(const std::string& text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  assert(json.is_object() && "the text of a record's object must be a JSON object");
  return json.is_object() ? json : Json::object();
}

const char* Name(RecordStatus status) {
  switch (status) {
    case RecordStatus::kComplete:
      return "complete";
    case RecordStatus::kInterrupted:
      return "interrupted";
    case RecordStatus::kPartial:
      break;
  }
  return "partial";
}

Json CountsJson(const RecordCounts& counts) {
  Json events = Json::object();
  for (const auto& [name, event] : counts.events) {
    events[name] = {{"count", Number(event.count)},
                    {"time_enabled_ns", Number(event.time_enabled_ns)},
                    {"time_running_ns", Number(event.time_running_ns)}};
  }
  Json quantities = Json::object();
  for (const auto& [name, value] : counts.quantities) quantities[name] = Number(value);
  return {{"group", counts.group},
          {"events", std::move(events)},
          {"quantities", std::move(quantities)}};
}

Json RowJson(const RecordRow& row) {
  Json json = Object(row.fields_json);
  Json counts = Json::array();
  for (const RecordCounts& one : row.counts) counts.push_back(CountsJson(one));
  // A benchmark may have a counter of its own by this name; ours is where readers look.
  json.erase("pmubench");
  json["pmubench"] = {{"counts", std::move(counts)}};
  return json;
}

Json MetricJson(const RecordMetric& metric) {
  const Json value = Number(metric.value);
  Json json = {{"value", value}, {"unit", metric.unit}};
  if (value.is_null()) {
    json["reason"] = !metric.reason.empty() ? metric.reason
                     : metric.value         ? "the value is not a finite number"
                                            : "not measured";
  }
  if (!metric.note.empty() && !value.is_null()) json["note"] = metric.note;
  json["sampling_ratio"] = Number(metric.sampling_ratio);
  json["n"] = metric.n;
  json["min"] = Number(metric.min);
  json["max"] = Number(metric.max);
  json["mean"] = Number(metric.mean);
  json["stddev"] = Number(metric.stddev);
  json["cv"] = Number(metric.cv);
  return json;
}

Json ResultsJson(const std::vector<RecordResult>& results) {
  Json json = Json::array();
  for (const RecordResult& result : results) {
    Json metrics = Json::object();
    for (const RecordMetric& metric : result.metrics) metrics[metric.name] = MetricJson(metric);
    json.push_back({{"run_name", result.run_name}, {"metrics", std::move(metrics)}});
  }
  return json;
}

Json SectionJson(const Record& record) {
  Json section = {
      {"schema", {{"name", kRecordSchema}, {"version", kRecordVersion}}},
      {"run_id", record.run_id},
      {"status", Name(record.status)},
      {"reason", record.reason.empty() ? Json(nullptr) : Json(record.reason)},
      {"method", record.method},
      {"counts_kernel", record.counts_kernel},
      {"machine", Object(record.machine_json)},
      {"build", Object(record.build_json.empty() ? BuildJson(PmubenchBuild()) : record.build_json)},
      {"plan",
       {{"groups", record.plan.groups},
        {"general_counters", record.plan.general_counters},
        {"lower_bound", record.plan.lower_bound},
        {"proven", record.plan.proven}}},
  };
  Json definitions = Json::object();
  for (const RecordMetricDefinition& metric : record.definitions) {
    definitions[metric.name] = {
        {"title", metric.title}, {"unit", metric.unit}, {"formula", metric.formula}};
    if (!metric.note.empty()) definitions[metric.name]["note"] = metric.note;
  }
  section["metrics"] = std::move(definitions);
  Json unavailable = Json::array();
  for (const RecordUnavailable& item : record.unavailable) {
    unavailable.push_back({{"name", item.name}, {"reason", item.reason}});
  }
  section["unavailable"] = std::move(unavailable);
  section["results"] = ResultsJson(record.results);
  const Json extra = Object(record.extra_json);
  for (const auto& [key, value] : extra.items()) {
    if (!section.contains(key)) section[key] = value;
  }
  return section;
}

}  // namespace

std::string ToJson(const Record& record) {
  Json rows = Json::array();
  for (const RecordRow& row : record.rows) rows.push_back(RowJson(row));
  const Json json = {{"context", Object(record.context_json)},
                     {"benchmarks", std::move(rows)},
                     {"pmubench", SectionJson(record)}};
  // Names and labels are the benchmark's: bytes that are no UTF-8 are replaced, not refused.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pmubench
