#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "platform/text.h"
#include "platform/whole_file.h"
#include "reports/store/bundle.h"
#include "reports/store/identity.h"
#include "reports/store/json_text.h"
#include "reports/store/sample.h"
#include "reports/time_unit.h"

namespace pmubench::store {
namespace {

using Json = nlohmann::json;

constexpr int kRecordMajor = 1;

Error Bad(std::string message, std::string remedy = "") {
  return {ErrorCode::kBadInput, std::move(message), std::move(remedy)};
}

std::string Text(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string()
             ? RestoreBytes(found->get_ref<const std::string&>())
             : std::string();
}

const Json& Child(const Json& object, const char* key) {
  static const Json kNothing = Json::object();
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::optional<double> Number(const Json& object, const char* key) {
  const Json& found = Child(object, key);
  return found.is_number() ? std::optional(found.get<double>()) : std::nullopt;
}

/// What rows and results say of one benchmark, metric by metric.
struct Samples {
  std::map<std::string, Sample> by_name;
  std::vector<std::string> order;

  Sample& Of(const std::string& name, const std::string& unit) {
    const auto [at, is_new] = by_name.try_emplace(name);
    if (is_new) {
      order.push_back(name);
      at->second.unit = unit;
    }
    return at->second;
  }
};

class Reader {
 public:
  Reader(const Json& json, std::string_view text, const ImportOptions& options)
      : json_(json), text_(text), options_(options) {}

  Result<Run> Read();

 private:
  Result<void> ReadHead();
  void ReadRows();
  void ReadRow(const Json& row, bool aggregate);
  void ReadResults();
  void ReadMetric(const std::string& name, const Json& metric, Samples& samples);
  Samples& Of(const std::string& benchmark);
  void Fill();

  const Json& json_;
  std::string_view text_;
  const ImportOptions& options_;
  Run run_;
  std::map<std::string, Samples> benchmarks_;
  std::vector<std::string> order_;
  Json document_;
  Json notes_ = Json::object();  ///< what speaks against metrics that have a value
};

Samples& Reader::Of(const std::string& benchmark) {
  const auto [at, is_new] = benchmarks_.try_emplace(benchmark);
  if (is_new) order_.push_back(benchmark);
  return at->second;
}

Result<void> Reader::ReadHead() {
  const Json& section = Child(json_, "pmubench");
  const Json& context = Child(json_, "context");
  const Json& history = Child(section, "history");
  const std::string version = Text(Child(section, "schema"), "version");
  if (!version.empty() && std::atoi(version.c_str()) > kRecordMajor) {
    return Bad(fmt::format("the record has schema {}, and this pmubench reads {}.x", version,
                           kRecordMajor),
               "read it with a newer pmubench");
  }
  RunInfo& info = run_.info;
  info.uuid = Text(section, "run_id");
  if (info.uuid.empty()) info.uuid = UuidOf(text_);
  if (!IsUuid(info.uuid)) return Bad("the record's run_id is no UUID");
  info.status = Text(section, "status");
  if (info.status.empty()) info.status = "complete";

  if (options_.started_ms) {
    info.started_ms = *options_.started_ms;
  } else if (const auto started = Number(history, "started_ms")) {
    if (!(std::abs(*started) < 1e15)) return Bad("the record's start is no time");
    info.started_ms = static_cast<std::int64_t>(*started);
  } else if (const auto date = ParseTime(Text(context, "date"))) {
    info.started_ms = *date;
  } else {
    return Bad("the record does not say when it was measured",
               "give --started 2026-01-31T02:00:00Z");
  }
  info.branch = options_.branch.value_or(Text(history, "branch"));
  info.commit = options_.commit.value_or(Text(history, "commit"));
  info.configuration = options_.configuration.value_or(Text(history, "configuration"));
  if (info.configuration.empty()) info.configuration = "default";
  run_.configuration_document = "{}";

  const Json& machine = Child(section, "machine");
  info.machine = Text(machine, "id");
  if (!info.machine.empty()) {
    run_.machine_document = machine.dump();
  } else {
    // Google Benchmark tells little of the machine; its clock rate varies from run to run.
    const Json known = {{"host_name", Child(context, "host_name")},
                        {"num_cpus", Child(context, "num_cpus")},
                        {"caches", Child(context, "caches")}};
    info.machine = "gb-" + DigestOf(known.dump());
    run_.machine_document = known.dump();
  }
  Json document = {{"context", context}};
  for (const char* key : {"method", "build", "reason", "counts_kernel", "fleet"}) {
    if (section.contains(key)) document[key] = section[key];
  }
  document_ = std::move(document);
  return {};
}

// Google Benchmark's own fields; every other number in a row is a counter of the user's.
const std::set<std::string>& KnownFields() {
  static const std::set<std::string> known = {"name",
                                              "family_index",
                                              "per_family_instance_index",
                                              "run_name",
                                              "run_type",
                                              "repetitions",
                                              "repetition_index",
                                              "threads",
                                              "iterations",
                                              "real_time",
                                              "cpu_time",
                                              "time_unit",
                                              "label",
                                              "error_occurred",
                                              "error_message",
                                              "skipped",
                                              "skip_message",
                                              "aggregate_name",
                                              "aggregate_unit",
                                              "big_o",
                                              "rms",
                                              "cpu_coefficient",
                                              "real_coefficient",
                                              "allocs_per_iter",
                                              "max_bytes_used",
                                              "total_allocated_bytes",
                                              "net_heap_growth",
                                              "pmubench"};
  return known;
}

void Reader::ReadRow(const Json& row, bool aggregate) {
  std::string name = Text(row, "run_name");
  if (name.empty()) name = Text(row, "name");
  Samples& samples = Of(name);
  const std::string aggregate_name = Text(row, "aggregate_name");
  if (aggregate && aggregate_name != "median" && aggregate_name != "stddev") return;
  const auto put = [&](const std::string& metric, const std::string& unit, double value) {
    Sample& sample = samples.Of(metric, unit);
    if (aggregate_name == "stddev") {
      sample.spread = value;
    } else {
      sample.Add(value);
    }
  };
  const bool failed = Child(row, "error_occurred") == true || Child(row, "skipped").is_string();
  if (failed) {
    std::string why = Text(row, "error_message");
    if (why.empty()) why = Text(row, "skip_message");
    const std::string reason = "the benchmark failed: " + (why.empty() ? "no message" : why);
    for (const char* metric : {"real_time", "cpu_time"}) {
      samples.Of(metric, "ns").reason = reason;
    }
    return;
  }
  const double scale = NanosecondsPer(Text(row, "time_unit")).value_or(1);
  for (const char* metric : {"real_time", "cpu_time"}) {
    if (const auto time = Number(row, metric)) put(metric, "ns", *time * scale);
  }
  for (const auto& [key, value] : row.items()) {
    if (KnownFields().contains(key)) continue;
    if (!value.is_number() && !value.is_null()) continue;
    const std::string unit = key == "items_per_second"   ? "items/s"
                             : key == "bytes_per_second" ? "B/s"
                                                         : "";
    put(RestoreBytes(key), unit,
        value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
  }
}

void Reader::ReadRows() {
  const Json& rows = Child(json_, "benchmarks");
  std::set<std::string> repeated;
  for (const Json& row : rows) {
    if (!row.is_object()) continue;
    const std::string type = Text(row, "run_type");
    if (type == "aggregate") continue;
    repeated.insert(Text(row, "run_name").empty() ? Text(row, "name") : Text(row, "run_name"));
    ReadRow(row, false);
  }
  // --benchmark_report_aggregates_only leaves nothing but these.
  for (const Json& row : rows) {
    if (!row.is_object() || Text(row, "run_type") != "aggregate") continue;
    if (!repeated.contains(Text(row, "run_name"))) ReadRow(row, true);
  }
}

void Reader::ReadMetric(const std::string& name, const Json& metric, Samples& samples) {
  Sample& sample = samples.Of(name, Text(metric, "unit"));
  sample = Sample{};
  sample.unit = Text(metric, "unit");
  if (const auto value = Number(metric, "value")) sample.Add(*value);
  sample.reason = Text(metric, "reason");
  if (const std::string note = Text(metric, "note"); !note.empty()) {
    notes_.emplace(ProtectBytes(name), ProtectBytes(note));
  }
  sample.sampling_ratio = Number(metric, "sampling_ratio");
  sample.spread = Number(metric, "spread");
  if (!sample.spread) sample.spread = Number(metric, "stddev");
  for (const Json& launch : Child(metric, "launches")) {
    if (launch.is_number()) sample.launches.push_back(launch.get<double>());
  }
}

void Reader::ReadResults() {
  for (const Json& result : Child(Child(json_, "pmubench"), "results")) {
    if (!result.is_object()) continue;
    Samples& samples = Of(Text(result, "run_name"));
    for (const auto& [name, metric] : Child(result, "metrics").items()) {
      if (metric.is_object()) ReadMetric(RestoreBytes(name), metric, samples);
    }
  }
}

void Reader::Fill() {
  for (const std::string& name : order_) {
    const Samples& samples = benchmarks_.at(name);
    Row row;
    row.benchmark = name;
    std::vector<std::uint32_t> layout;
    for (const std::string& metric : samples.order) {
      AddSample(samples.by_name.at(metric), metric, run_, layout, row);
    }
    row.layout = run_.LayoutIndex(layout);
    run_.rows.push_back(std::move(row));
  }
  std::sort(run_.rows.begin(), run_.rows.end(),
            [](const Row& a, const Row& b) { return a.benchmark < b.benchmark; });
  run_.info.rows = static_cast<std::uint32_t>(run_.rows.size());
}

Result<Run> Reader::Read() {
  if (!json_.is_object() || !Child(json_, "benchmarks").is_array()) {
    return Bad("this JSON is not a record: it has no \"benchmarks\"",
               "give a record of pmubench run or Google Benchmark's --benchmark_out");
  }
  if (auto head = ReadHead(); !head) return head.error();
  ReadRows();
  ReadResults();
  if (!notes_.empty()) document_["notes"] = notes_;
  run_.document = document_.dump();
  Fill();
  return std::move(run_);
}

}  // namespace

std::map<std::string, std::string> NotesOf(const Run& run) {
  const Json document = Json::parse(run.document, nullptr, /*allow_exceptions=*/false);
  std::map<std::string, std::string> notes;
  for (const auto& [metric, note] : Child(document, "notes").items()) {
    if (note.is_string()) notes[RestoreBytes(metric)] = RestoreBytes(note.get<std::string>());
  }
  return notes;
}

Result<Run> ParseBundle(std::string_view text, const ImportOptions& options) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Bad("the file is empty");
  try {
    const Json json = Json::parse(RepairJson(text));
    return Reader(json, text, options).Read();
  } catch (const Json::exception& error) {
    return Bad("this is no whole JSON: " + JsonReason(error.what()),
               "it may have been cut; measure or export it again");
  }
}

Result<Run> ReadBundle(const std::filesystem::path& file, const ImportOptions& options) {
  const auto text = ReadWhole(file);
  if (!text) return text.error();
  auto run = ParseBundle(*text, options);
  if (!run) {
    Error error = run.error();
    error.message = file.string() + ": " + error.message;
    return error;
  }
  return run;
}

}  // namespace pmubench::store
