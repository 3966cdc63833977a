#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "reports/compare/compare_output.h"
#include "reports/compare/explain.h"
#include "reports/store/json_text.h"

namespace pmubench::compare {
namespace {

using Json = nlohmann::ordered_json;
using statistics::Verdict;
using store::Printable;

constexpr std::size_t kMostMovers = 6;

// JSON has no infinities.
Json Number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json MetricJson(const MetricComparison& metric) {
  const auto& evidence = metric.evidence;
  return {{"name", Printable(metric.name)},
          {"unit", Printable(metric.kind.unit)},
          {"class", statistics::MetricClassName(metric.kind.metric_class)},
          {"higher_is_better", metric.kind.higher_is_better},
          {"gate", metric.gate},
          {"verdict", statistics::VerdictName(metric.verdict)},
          {"reason", metric.reason},
          {"base", Number(evidence.base)},
          {"new", Number(evidence.now)},
          {"base_launches", evidence.base_launches},
          {"new_launches", evidence.new_launches},
          {"ratio", Number(evidence.ratio)},
          {"ratio_low", Number(evidence.low)},
          {"ratio_high", Number(evidence.high)},
          {"p", Number(evidence.p)},
          {"q", Number(metric.q)},
          {"exact_test", evidence.exact_test},
          {"floor", metric.floor},
          {"historic_noise", Number(metric.historic_noise)},
          {"detectable", Number(metric.detectable)}};
}

/// Percent of the base's time: they add up to the change.
Json PartsJson(const IronLawRatios& ratios) {
  const auto change = Split(ratios, 1);
  if (!change) return nullptr;
  Json parts = Json::object();
  for (const FactorChange& factor : change->factors) parts[factor.name] = Number(factor.points);
  return parts;
}

Json ExplanationJson(const BenchmarkComparison& benchmark) {
  const IronLawRatios law = RatiosOf(benchmark);
  Json json = {{"sentence", Printable(Explain(benchmark))},
               {"iron_law",
                {{"time", Number(law.time)},
                 {"instructions", Number(law.instructions)},
                 {"cpi", Number(law.cpi)},
                 {"frequency", Number(law.frequency)},
                 {"rest", Number(law.rest())},
                 {"parts", PartsJson(law)}}}};
  json["topdown"] = nullptr;
  if (const auto bucket = MovedBucket(benchmark)) {
    json["topdown"] = {{"metric", bucket->metric},
                       {"unit", bucket->unit},
                       {"base", Number(bucket->base)},
                       {"new", Number(bucket->now)}};
  }
  Json movers = Json::array();
  for (const MetricComparison* mover : Movers(benchmark, kMostMovers)) {
    movers.push_back(Printable(mover->name));
  }
  json["movers"] = movers;
  return json;
}

Json BenchmarkJson(const BenchmarkComparison& benchmark) {
  Json metrics = Json::array();
  for (const MetricComparison& metric : benchmark.metrics) metrics.push_back(MetricJson(metric));
  Json json = {{"name", Printable(benchmark.name)},
               {"verdict", statistics::VerdictName(benchmark.verdict)},
               {"metrics", metrics}};
  const bool changed =
      benchmark.verdict == Verdict::kWorse || benchmark.verdict == Verdict::kBetter;
  json["explanation"] = changed ? ExplanationJson(benchmark) : Json(nullptr);
  return json;
}

Json Strings(const std::vector<std::string>& strings) {
  Json json = Json::array();
  for (const std::string& text : strings) json.push_back(Printable(text));
  return json;
}

}  // namespace

std::string ToJson(const CompareResult& result, int exit_code) {
  Json benchmarks = Json::array();
  for (const BenchmarkComparison& benchmark : result.benchmarks) {
    benchmarks.push_back(BenchmarkJson(benchmark));
  }
  Json not_measured = Json::array();
  for (const NotMeasured& item : result.not_measured) {
    not_measured.push_back({{"benchmark", Printable(item.benchmark)},
                            {"side", item.side},
                            {"reason", Printable(item.reason)}});
  }
  Json differences = Json::array();
  for (const FingerprintDifference& difference : result.fingerprint_differences) {
    differences.push_back({{"field", difference.field},
                           {"base", Printable(difference.base)},
                           {"new", Printable(difference.now)}});
  }
  const Json json = {{"schema", {{"name", "pmubench.compare"}, {"version", "1.1"}}},
                     {"exit_code", exit_code},
                     {"base_launches", result.base_launches},
                     {"new_launches", result.new_launches},
                     {"paired", result.paired},
                     {"alpha", result.alpha},
                     {"gate_metrics", result.family},
                     {"benchmarks", benchmarks},
                     {"added", Strings(result.added)},
                     {"removed", Strings(result.removed)},
                     {"not_measured", not_measured},
                     {"fingerprint_differences", differences},
                     {"remarks", Strings(result.remarks)}};
  return json.dump(2) + "\n";
}

}  // namespace pmubench::compare
