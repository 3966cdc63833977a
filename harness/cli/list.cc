// `pmubench list metrics|events|pmus|cores|workloads|sources`: the catalogue, for this machine or
// `--cpu NAME`.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "catalogue/load.h"
#include "cli/bandwidth.h"
#include "cli/list_metrics.h"
#include "cli/list_workloads.h"
#include "cli/verb.h"
#include "platform/pmu.h"
#include "runner/catalogue_here.h"

namespace pmubench {
namespace {

struct ListOptions {
  std::string what;
  std::string cpu;
  std::string catalogue_file;
  std::string root = "/";
  std::string format = "text";
};

std::string CodeOf(const CatalogueEvent& event) {
  return event.code ? fmt::format("{:#06x}", *event.code) : event.pfm;
}

void PrintEvents(const Catalogue& catalogue) {
  fmt::print("{} ({})\n\n", catalogue.title, catalogue.core);
  for (const CatalogueEvent& event : catalogue.events) {
    fmt::print("  {:<32} {:<10} {:<10} {}{}\n", event.name, CodeOf(event),
               event.pmu.empty() ? "core" : event.pmu, event.description,
               event.dedicated.empty() ? "" : fmt::format(" (dedicated: {})", event.dedicated));
  }
}

nlohmann::ordered_json EventsJson(const Catalogue& catalogue) {
  auto events = nlohmann::ordered_json::array();
  for (const CatalogueEvent& event : catalogue.events) {
    events.push_back({{"name", event.name},
                      {"code", CodeOf(event)},
                      {"pmu", event.pmu.empty() ? "core" : event.pmu},
                      {"unit", event.unit},
                      {"description", event.description},
                      {"dedicated", event.dedicated}});
  }
  return {{"core", catalogue.core}, {"title", catalogue.title}, {"events", events}};
}

int ListPmusHere(const ListOptions& options) {
  auto pmus = ListPmus("/");
  if (!pmus) return Fail(pmus.error());
  auto json = nlohmann::ordered_json::array();
  for (const PmuDevice& pmu : *pmus) {
    if (options.format == "json") {
      json.push_back({{"name", pmu.name},
                      {"type", pmu.type},
                      {"core", pmu.is_core()},
                      {"cpus", pmu.cpus},
                      {"events", pmu.events.size()}});
    } else {
      fmt::print("  {:<24} type {:<4} {:>4} events{}\n", pmu.name, pmu.type, pmu.events.size(),
                 pmu.is_core() ? "  core" : "");
    }
  }
  if (options.format == "json") fmt::print("{}\n", json.dump(2));
  return 0;
}

int ListCores(const ListOptions& options) {
  auto json = nlohmann::ordered_json::array();
  for (const BuiltInCore& core : BuiltInCores()) {
    if (options.format == "json") {
      json.push_back({{"name", core.name}, {"title", core.title}, {"arch", core.arch}});
    } else {
      fmt::print("  {:<24} {}\n", core.name, core.title);
    }
  }
  if (options.format == "json") fmt::print("{}\n", json.dump(2));
  return 0;
}

int RunList(const ListOptions& options) {
  if (options.what == "pmus") return ListPmusHere(options);
  if (options.what == "cores") return ListCores(options);
  if (options.what == "workloads") return ListWorkloads(options.format == "json");
  if (options.what == "sources") return ListSources(options.root, options.format);
  auto catalogue = LoadCatalogueFor(options.cpu, options.catalogue_file, "/");
  if (!catalogue) return Fail(catalogue.error());
  const bool metrics = options.what == "metrics";
  if (metrics) {
    const auto list = options.format == "json" ? MetricsJson : MetricsText;
    Distrust distrust;
    if (options.cpu.empty()) {
      if (const auto verdicts = ReadVerdicts(StateFolder(), "/", catalogue->core))
        distrust = DistrustOf(*verdicts);
    }
    fmt::print("{}\n", list(*catalogue, CoresByMetric(), distrust));
  } else if (options.format == "json") {
    fmt::print("{}\n", EventsJson(*catalogue).dump(2));
  } else {
    PrintEvents(*catalogue);
  }
  return 0;
}

}  // namespace

void AddListVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "list", "What can be measured: metrics, events, PMUs, cores, workloads, bandwidth sources");
  auto options = std::make_shared<ListOptions>();
  verb->add_option("what", options->what,
                   "metrics, events, pmus, cores, workloads or sources (of memory bandwidth)")
      ->required()
      ->check(CLI::IsMember({"metrics", "events", "pmus", "cores", "workloads", "sources"}));
  verb->add_option("--cpu", options->cpu,
                   "a core of the catalogue, e.g. neoverse-n1 (default: this machine's)");
  verb->add_option("--catalogue", options->catalogue_file, "events and metrics of your own (JSON)");
  verb->add_option("--root", options->root,
                   "sources of a machine recorded under this folder (/sys, /proc)")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  AddFormat(*verb, options->format);
  verb->footer("Example: pmubench list metrics --cpu neoverse-n1");
  verb->callback([options, &exit_code] { exit_code = RunList(*options); });
}

}  // namespace pmubench
