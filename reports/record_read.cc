#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>

#include "platform/text.h"
#include "reports/record.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMajor = 1;

constexpr std::array<std::string_view, 12> kKnownKeys = {
    "schema",  "run_id", "status", "reason",  "method",      "counts_kernel",
    "machine", "build",  "plan",   "metrics", "unavailable", "results"};

Error Bad(std::string message, std::string remedy = {}) {
  return {ErrorCode::kBadInput, std::move(message), std::move(remedy)};
}

// A member that may be absent; null where it is. On anything but an object find() finds nothing,
// so that alone would pass a record of another form as an empty one.
const Json* MemberOf(const Json& object, const char* key) {
  (void)object.get_ref<const Json::object_t&>();
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string TextOf(const Json& object, const char* key) {
  const Json* text = MemberOf(object, key);
  return text == nullptr ? std::string() : text->get<std::string>();
}

std::optional<double> NumberOf(const Json& object, const char* key) {
  const Json* number = MemberOf(object, key);
  return number == nullptr ? std::nullopt : std::optional<double>(number->get<double>());
}

const Json& ListOf(const Json& object, const char* key) {
  static const Json none = Json::array();
  const Json* list = MemberOf(object, key);
  if (list == nullptr) return none;
  (void)list->get_ref<const Json::array_t&>();
  return *list;
}

const Json& MapOf(const Json& object, const char* key) {
  static const Json none = Json::object();
  const Json* map = MemberOf(object, key);
  if (map == nullptr) return none;
  (void)map->get_ref<const Json::object_t&>();
  return *map;
}

RecordStatus StatusOf(const std::string& name) {
  if (name == "complete") return RecordStatus::kComplete;
  if (name == "interrupted") return RecordStatus::kInterrupted;
  return RecordStatus::kPartial;
}

RecordCounts ReadCounts(const Json& json) {
  RecordCounts counts;
  counts.group = json.value("group", -1);
  for (const auto& [name, event] : MapOf(json, "events").items()) {
    // A count that was not finite was written as null: it is not there.
    const auto count = NumberOf(event, "count");
    if (!count) continue;
    counts.events[name] = {*count, NumberOf(event, "time_enabled_ns").value_or(0),
                           NumberOf(event, "time_running_ns").value_or(0)};
  }
  for (const auto& [name, value] : MapOf(json, "quantities").items()) {
    if (!value.is_null()) counts.quantities[name] = value.get<double>();
  }
  return counts;
}

RecordRow ReadRow(const Json& json) {
  Json fields = json;
  fields.erase("pmubench");
  RecordRow row;
  row.fields_json = fields.dump();
  const auto ours = json.find("pmubench");
  if (ours == json.end()) return row;
  for (const Json& counts : ListOf(*ours, "counts")) row.counts.push_back(ReadCounts(counts));
  return row;
}

RecordMetric ReadMetric(const std::string& name, const Json& json) {
  RecordMetric metric;
  metric.name = name;
  metric.unit = TextOf(json, "unit");
  metric.value = NumberOf(json, "value");
  metric.reason = TextOf(json, "reason");
  metric.note = TextOf(json, "note");
  metric.sampling_ratio = NumberOf(json, "sampling_ratio");
  metric.n = json.value("n", 0);
  metric.min = NumberOf(json, "min");
  metric.max = NumberOf(json, "max");
  metric.mean = NumberOf(json, "mean");
  metric.stddev = NumberOf(json, "stddev");
  metric.cv = NumberOf(json, "cv");
  return metric;
}

void ReadPlan(const Json& section, RecordPlan* plan) {
  const auto json = section.find("plan");
  if (json == section.end()) return;
  plan->groups = ListOf(*json, "groups").get<std::vector<std::vector<std::string>>>();
  plan->general_counters = json->value("general_counters", 0);
  plan->lower_bound = json->value("lower_bound", 0);
  plan->proven = json->value("proven", false);
}

// "1.0": the major number, or -1.
int MajorOf(const Json& section) {
  const Json& schema = section.at("schema");
  if (TextOf(schema, "name") != kRecordSchema) return -1;
  const std::string version = TextOf(schema, "version");
  int major = -1;
  return std::sscanf(version.c_str(), "%d.", &major) == 1 ? major : -1;
}

Record ReadSection(const Json& json, const Json& section) {
  Record record;
  record.context_json = MapOf(json, "context").dump();
  record.run_id = TextOf(section, "run_id");
  record.status = StatusOf(TextOf(section, "status"));
  record.reason = TextOf(section, "reason");
  record.method = TextOf(section, "method");
  record.counts_kernel = section.value("counts_kernel", false);
  record.machine_json = MapOf(section, "machine").dump();
  record.build_json = MapOf(section, "build").dump();
  ReadPlan(section, &record.plan);
  for (const auto& [name, metric] : MapOf(section, "metrics").items()) {
    record.definitions.push_back({name, TextOf(metric, "title"), TextOf(metric, "unit"),
                                  TextOf(metric, "formula"), TextOf(metric, "note")});
  }
  for (const Json& item : ListOf(section, "unavailable")) {
    record.unavailable.push_back({TextOf(item, "name"), TextOf(item, "reason")});
  }
  for (const Json& row : json.at("benchmarks")) record.rows.push_back(ReadRow(row));
  for (const Json& item : ListOf(section, "results")) {
    RecordResult& result = record.results.emplace_back();
    result.run_name = TextOf(item, "run_name");
    for (const auto& [name, metric] : MapOf(item, "metrics").items()) {
      result.metrics.push_back(ReadMetric(name, metric));
    }
  }
  Json extra = Json::object();
  for (const auto& [key, value] : section.items()) {
    if (std::find(kKnownKeys.begin(), kKnownKeys.end(), key) == kKnownKeys.end()) {
      extra[key] = value;
    }
  }
  record.extra_json = extra.dump();
  return record;
}

}  // namespace

Result<Record> RecordFromJson(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return Bad("the record is empty");
  try {
    const Json json = Json::parse(text);
    if (!json.is_object() || !json.contains("benchmarks")) {
      return Bad("this JSON is not a record: it has no \"benchmarks\"");
    }
    const auto section = json.find("pmubench");
    if (section == json.end()) {
      return Bad("this is a result file of Google Benchmark without pmubench's metrics",
                 "write one with pmubench run, or with --pmubench_out=FILE");
    }
    const int major = MajorOf(*section);
    if (major < 0) return Bad("the record does not tell its schema");
    if (major > kMajor) {
      return Bad(fmt::format("the record has schema {}, and this pmubench reads {}.x",
                             TextOf(section->at("schema"), "version"), kMajor),
                 "read it with a newer pmubench");
    }
    return ReadSection(json, *section);
  } catch (const Json::parse_error& error) {
    if (error.byte >= text.size()) {
      return Bad(fmt::format("the record is cut short after {} bytes", text.size()),
                 "measure again");
    }
    return Bad(fmt::format("the record is not JSON: {}", JsonReason(error.what())));
  } catch (const Json::exception& error) {
    return Bad(fmt::format("the record does not have the form of its schema: {}",
                           JsonReason(error.what())));
  }
}

}  // namespace pmubench
