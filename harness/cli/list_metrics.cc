#include "cli/list_metrics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "catalogue/load.h"

namespace pmubench {
namespace {

/// "all cores", "all cores but a, b", or their names: whichever is the shortest to read.
std::string DescribeCores(const std::vector<std::string>& cores) {
  std::vector<std::string> without;
  for (const BuiltInCore& core : BuiltInCores()) {
    if (std::find(cores.begin(), cores.end(), core.name) == cores.end()) {
      without.push_back(core.name);
    }
  }
  if (without.empty()) return "all cores";
  if (cores.empty()) return "no built-in core";
  if (without.size() < cores.size())
    return fmt::format("all cores but {}", fmt::join(without, ", "));
  return fmt::format("{}", fmt::join(cores, ", "));
}

const std::vector<std::string>& CoresOf(const MetricCores& cores, const std::string& metric) {
  static const std::vector<std::string> kNone;
  const auto it = cores.find(metric);
  return it == cores.end() ? kNone : it->second;
}

/// What was found on this machine: "no value: STALL_FRONTEND here: dead: ...".
std::string Against(const CatalogueMetric& metric, const Distrust& distrust) {
  for (const std::string& event : metric.events) {
    const auto dead = distrust.dead.find(event);
    if (dead != distrust.dead.end()) return "no value: " + dead->second;
  }
  for (const std::string& event : metric.events) {
    const auto wrong = distrust.wrong.find(event);
    if (wrong != distrust.wrong.end()) return "not to be trusted: " + wrong->second;
  }
  return "";
}

std::vector<std::string> Groups(const Catalogue& catalogue) {
  std::vector<std::string> groups;
  for (const CatalogueMetric& metric : catalogue.metrics) {
    if (std::find(groups.begin(), groups.end(), metric.group) == groups.end()) {
      groups.push_back(metric.group);
    }
  }
  return groups;
}

}  // namespace

MetricCores CoresByMetric() {
  MetricCores cores;
  for (const BuiltInCore& core : BuiltInCores()) {
    const auto catalogue = LoadCatalogue(core.name);
    if (!catalogue) continue;
    for (const CatalogueMetric& metric : catalogue->metrics)
      cores[metric.name].push_back(core.name);
  }
  return cores;
}

std::string MetricsText(const Catalogue& catalogue, const MetricCores& cores,
                        const Distrust& distrust) {
  fmt::memory_buffer text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{} ({})\n", catalogue.title, catalogue.core);
  for (const std::string& group : Groups(catalogue)) {
    fmt::format_to(out, "\n{}\n", group);
    for (const CatalogueMetric& metric : catalogue.metrics) {
      if (metric.group != group) continue;
      const auto line = [&](const char* what, const std::string& value) {
        if (!value.empty()) fmt::format_to(out, "  {:<28} {} {}\n", "", what, value);
      };
      fmt::format_to(out, "  {:<28} {} [{}]\n", metric.name, metric.title, metric.unit);
      line("=", metric.formula.text());
      line("events:", fmt::format("{}", fmt::join(metric.events, ", ")));
      line("note:", metric.note);
      line("here:", Against(metric, distrust));
      line("sets:", fmt::format("{}", fmt::join(metric.sets, ", ")));
      line("on:", DescribeCores(CoresOf(cores, metric.name)));
    }
  }
  return fmt::to_string(text);
}

std::string MetricsJson(const Catalogue& catalogue, const MetricCores& cores,
                        const Distrust& distrust) {
  auto metrics = nlohmann::ordered_json::array();
  for (const CatalogueMetric& metric : catalogue.metrics) {
    metrics.push_back({{"name", metric.name},
                       {"title", metric.title},
                       {"description", metric.description},
                       {"unit", metric.unit},
                       {"group", metric.group},
                       {"sets", metric.sets},
                       {"formula", metric.formula.text()},
                       {"events", metric.events},
                       {"note", metric.note},
                       {"cores", CoresOf(cores, metric.name)}});
    const std::string against = Against(metric, distrust);
    if (!against.empty()) metrics.back()["here"] = against;
  }
  return nlohmann::ordered_json{
      {"core", catalogue.core}, {"title", catalogue.title}, {"metrics", metrics}}
      .dump(2);
}

}  // namespace pmubench
