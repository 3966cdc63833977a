#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/pages/pages.h"
#include "reports/pages/text_format.h"
#include "reports/store/bundle.h"

namespace pmubench::pages {
namespace {

using Json = nlohmann::ordered_json;

Json Number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json LineJson(const MetricLine& line) {
  Json json = {{"metric", Printable(line.name)},
               {"unit", Printable(line.unit)},
               {"gate", line.gate},
               {"value", Number(line.value)},
               {"interval", {Number(line.low), Number(line.high)}},
               {"sampling_ratio", Number(line.sampling_ratio)},
               {"baseline", Number(line.baseline)},
               {"change", Number(line.change)},
               {"change_interval", {Number(line.change_low), Number(line.change_high)}},
               {"q", Number(line.q)},
               {"band", {Number(line.band_low), Number(line.band_high)}},
               {"rerun", line.rerun.empty() ? Json(nullptr) : Json(line.rerun)},
               {"verdict", VerdictName(line.verdict)}};
  if (!line.value) json["reason"] = Printable(line.reason);
  return json;
}

}  // namespace

std::string JsonPage(const Report& report) {
  Json facts = Json::object();
  for (const auto& [name, value] : report.facts) facts[name] = Printable(value);
  Json warnings = Json::array();
  for (const std::string& warning : report.warnings) warnings.push_back(Printable(warning));
  Json events = Json::array();
  for (const EventReport& event : report.events) {
    Json series = Json::array();
    for (const std::string& one : event.series) series.push_back(Printable(one));
    events.push_back({{"from_commit", Printable(event.from_commit)},
                      {"to_commit", Printable(event.to_commit)},
                      {"first_run", event.first_run},
                      {"last_run", event.last_run},
                      {"verdict", event.environment ? "environment" : "change"},
                      {"benchmarks", event.benchmarks},
                      {"series", std::move(series)}});
  }
  Json counts = Json::object();
  for (const Verdict verdict :
       {Verdict::kRegression, Verdict::kImprovement, Verdict::kEnvironment, Verdict::kInconclusive,
        Verdict::kNotMeasured, Verdict::kAdded, Verdict::kRemoved, Verdict::kUnchanged}) {
    counts[VerdictName(verdict)] = CountOf(report, verdict);
  }
  Json benchmarks = Json::array();
  for (const std::size_t i : Order(report)) {
    const BenchmarkReport& benchmark = report.benchmarks[i];
    Json metrics = Json::array();
    for (const MetricLine& line : benchmark.metrics) metrics.push_back(LineJson(line));
    benchmarks.push_back({{"name", Printable(benchmark.name)},
                          {"verdict", VerdictName(benchmark.verdict)},
                          {"explanation", Printable(benchmark.explanation)},
                          {"metrics", std::move(metrics)}});
  }
  const Json json = {{"schema", {{"name", "pmubench.report"}, {"version", "1.0"}}},
                     {"title", Printable(report.title)},
                     {"generated", store::FormatTime(report.generated_ms)},
                     {"facts", std::move(facts)},
                     {"warnings", std::move(warnings)},
                     {"compared", report.compared},
                     {"canary", CanaryName(report.canary)},
                     {"canary_moved", report.canary_moved},
                     {"summary", std::move(counts)},
                     {"events", std::move(events)},
                     {"benchmarks", std::move(benchmarks)}};
  return json.dump(1) + "\n";
}

}  // namespace pmubench::pages
