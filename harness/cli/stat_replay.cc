#include "cli/stat_replay.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "platform/whole_file.h"
#include "runner/catalogue_here.h"

namespace pmubench {
namespace {

nlohmann::ordered_json Nullable(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

Result<Replay> ReplayPerfStat(const ReplayRequest& request) {
  const auto text = ReadWhole(request.file);
  if (!text) return text.error();
  auto recording = ReadPerfStat(*text, request.file);
  if (!recording) return recording.error();
  const auto catalogue = LoadCatalogueFor(request.cpu, request.catalogue_file, "/");
  if (!catalogue) return catalogue.error();
  const auto selected = catalogue->Select(request.metrics);
  if (!selected) return selected.error();
  std::map<std::string, std::string> missing;
  for (const std::string& name : recording->not_counted) {
    if (const CatalogueEvent* event = catalogue->FindEvent(name)) {
      missing[event->name] = fmt::format("perf could not count {}", name);
    }
  }
  Replay replay{std::move(*recording), catalogue->core, {}};
  const std::vector<Measurement> measurements = MeasurementsOf(replay.recording, *catalogue);
  for (const CatalogueMetric* metric : *selected) {
    replay.metrics.push_back(EvaluateMetric(*metric, measurements, missing));
  }
  return replay;
}

std::string ReplayText(const Replay& replay) {
  fmt::memory_buffer text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{} interval(s), {} CPU(s), events of {}\n\n",
                 replay.recording.intervals.size(), replay.recording.cpus, replay.core);
  fmt::format_to(out, "  {:<28} {:>14} {:>18} {:>6}  {}\n", "metric", "value", "mean of intervals",
                 "ratio", "unit");
  std::map<std::string, std::vector<std::string>> reasons;
  for (const MetricValue& metric : replay.metrics) {
    if (!metric.value.number) {
      reasons[metric.value.reason].push_back(metric.name);
      continue;
    }
    fmt::format_to(out, "  {:<28} {:>14.6g} {:>18} {:>6.3f}  {}\n", metric.name,
                   *metric.value.number, metric.mean ? fmt::format("{:.6g}", *metric.mean) : "-",
                   metric.sampling_ratio.value_or(1), metric.unit);
  }
  for (const auto& [reason, names] : reasons) {
    fmt::format_to(out, "  no value: {}: {}\n", fmt::join(names, ", "), reason);
  }
  return fmt::to_string(text);
}

std::string ReplayJson(const Replay& replay) {
  auto metrics = nlohmann::ordered_json::array();
  for (const MetricValue& metric : replay.metrics) {
    nlohmann::ordered_json json = {{"name", metric.name},
                                   {"unit", metric.unit},
                                   {"value", Nullable(metric.value.number)},
                                   {"mean_of_intervals", Nullable(metric.mean)},
                                   {"sampling_ratio", Nullable(metric.sampling_ratio)},
                                   {"n", metric.measurements}};
    if (!metric.value.number) json["reason"] = metric.value.reason;
    metrics.push_back(std::move(json));
  }
  return nlohmann::ordered_json{{"core", replay.core},
                                {"intervals", replay.recording.intervals.size()},
                                {"cpus", replay.recording.cpus},
                                {"not_counted", replay.recording.not_counted},
                                {"metrics", std::move(metrics)}}
      .dump(2);
}

}  // namespace pmubench
