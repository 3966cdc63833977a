#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "platform/whole_file.h"
#include "reports/store/bundle.h"
#include "reports/store/json_text.h"

namespace pmubench::store {
namespace {

using Json = nlohmann::ordered_json;

// Keys in alphabetical order: equal documents give equal bundles.
nlohmann::json Object(const std::string& text) {
  nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  return json.is_object() ? json : nlohmann::json::object();
}

Json Number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

// What tools that know Google Benchmark's format alone read: one row a benchmark.
Json GoogleRow(const Run& run, const Row& row) {
  const std::string name = ProtectBytes(row.benchmark);
  Json json = {{"name", name},     {"run_name", name},      {"run_type", "iteration"},
               {"repetitions", 1}, {"repetition_index", 0}, {"threads", 1},
               {"iterations", 1}};
  const auto& layout = run.layouts[row.layout];
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const Metric& metric = run.metrics[layout[i]];
    const bool time = metric.name == "real_time" || metric.name == "cpu_time";
    if (!time) continue;
    json[metric.name] = Number(row.values[i].value);
    if (!row.values[i].measured()) {
      json["error_occurred"] = true;
      json["error_message"] = row.values[i].reason > 0
                                  ? ProtectBytes(run.reasons[row.values[i].reason - 1])
                                  : "not measured";
    }
  }
  json["time_unit"] = "ns";
  json["pmubench"] = {{"counts", Json::array()}};
  return json;
}

Json Metrics(const Run& run, const Row& row, const std::map<std::string, std::string>& notes) {
  Json metrics = Json::object();
  const auto& layout = run.layouts[row.layout];
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const Metric& metric = run.metrics[layout[i]];
    const Value& value = row.values[i];
    Json json = {{"value", Number(value.value)}, {"unit", ProtectBytes(metric.unit)}};
    if (!value.measured()) {
      json["reason"] = value.reason > 0 && value.reason <= run.reasons.size()
                           ? ProtectBytes(run.reasons[value.reason - 1])
                           : "not measured";
    } else if (const auto note = notes.find(metric.name); note != notes.end()) {
      json["note"] = ProtectBytes(note->second);
    }
    const auto ratio = UnpackSampling(value.sampling);
    json["sampling_ratio"] = ratio ? Json(*ratio) : Json(nullptr);
    json["n"] = value.measured() ? 1 : 0;
    // As a double it would show digits that a float never had.
    json["spread"] = std::isfinite(value.spread) ? Json(std::stod(fmt::format("{}", value.spread)))
                                                 : Json(nullptr);
    for (const Launches& launches : row.launches) {
      if (launches.metric != layout[i]) continue;
      json["launches"] = launches.values;
      json["n"] = launches.values.size();
    }
    metrics[ProtectBytes(metric.name)] = std::move(json);
  }
  return metrics;
}

Json Section(const Run& run) {
  const Json document = Object(run.document);
  nlohmann::json machine = Object(run.machine_document);
  machine["id"] = ProtectBytes(run.info.machine);
  const auto notes = NotesOf(run);
  Json results = Json::array();
  for (const Row& row : run.rows) {
    results.push_back(
        {{"run_name", ProtectBytes(row.benchmark)}, {"metrics", Metrics(run, row, notes)}});
  }
  Json section = {{"schema", {{"name", "pmubench.record"}, {"version", "1.0"}}},
                  {"run_id", run.info.uuid},
                  {"status", ProtectBytes(run.info.status)},
                  {"reason", document.value("reason", Json(nullptr))},
                  {"method", document.value("method", Json("process"))},
                  {"counts_kernel", document.value("counts_kernel", Json(false))},
                  {"machine", Json(machine)},
                  {"build", document.value("build", Json::object())},
                  {"plan", {{"groups", Json::array()}}},
                  {"metrics", Json::object()},
                  {"unavailable", Json::array()},
                  {"history",
                   {{"started_ms", run.info.started_ms},
                    {"branch", ProtectBytes(run.info.branch)},
                    {"commit", ProtectBytes(run.info.commit)},
                    {"configuration", ProtectBytes(run.info.configuration)}}},
                  {"results", std::move(results)}};
  if (document.contains("fleet")) section["fleet"] = document["fleet"];
  return section;
}

}  // namespace

std::string FormatBundle(const Run& run) {
  Json rows = Json::array();
  for (const Row& row : run.rows) rows.push_back(GoogleRow(run, row));
  const Json bundle = {{"context", Json(Object(run.document)).value("context", Json::object())},
                       {"benchmarks", std::move(rows)},
                       {"pmubench", Section(run)}};
  return RestoreBytes(bundle.dump(1)) + "\n";
}

Result<void> WriteBundle(const Run& run, const std::filesystem::path& file) {
  return WriteWhole(file, FormatBundle(run));
}

}  // namespace pmubench::store
