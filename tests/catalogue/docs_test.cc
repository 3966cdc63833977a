// docs/metrics.md is what the catalogue says; PMUBENCH_UPDATE_DOCS=1 writes it anew.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "catalogue/builtin_files.h"
#include "catalogue/load.h"

namespace pmubench {
namespace {

using ::testing::IsSubsetOf;

constexpr const char* kHead = R"(# Metrics

One name for each metric on every core; the formula is made of the events a core has. This page is
generated from the catalogue (`harness/catalogue/data`) and checked by the tests;
`PMUBENCH_UPDATE_DOCS=1 ctest -R catalogue_test` writes it anew.

A formula's names are events of the core, constants of the core, other metrics, or quantities of the
run: `iterations`, `wall_ns`, `cpu_ns`. Several cores that share a formula share a line.

)";

struct Entry {
  CatalogueMetric metric;
  /// Formula as written -> cores, in the order met.
  std::vector<std::pair<std::string, std::vector<std::string>>> formulas;
};

void Note(Entry& entry, const std::string& formula, const std::string& core) {
  for (auto& [text, cores] : entry.formulas) {
    if (text == formula) {
      cores.push_back(core);
      return;
    }
  }
  entry.formulas.push_back({formula, {core}});
}

/// All metrics, in the order of the file that declares them.
std::vector<Entry> Collect() {
  std::vector<Entry> entries;
  std::map<std::string, std::size_t> index;
  for (const auto& [name, text] : BuiltInFiles()) {
    if (name != "metrics") continue;
    const auto declared = nlohmann::ordered_json::parse(text);
    for (const auto& [metric, body] : declared["metrics"].items()) {
      index[metric] = entries.size();
      entries.emplace_back();
    }
  }
  for (const BuiltInCore& core : BuiltInCores()) {
    const Catalogue catalogue = *LoadCatalogue(core.name);
    for (const CatalogueMetric& metric : catalogue.metrics) {
      const auto known = index.find(metric.name);
      EXPECT_NE(known, index.end()) << metric.name << " is not declared in metrics.json";
      if (known == index.end()) continue;
      Entry& entry = entries[known->second];
      entry.metric = metric;
      Note(entry, metric.definition.text(), core.name);
    }
  }
  return entries;
}

std::string Page() {
  std::string page = kHead;
  page += "| core | name | metrics |\n| --- | --- | --- |\n";
  const std::size_t all_cores = BuiltInCores().size();
  for (const BuiltInCore& core : BuiltInCores()) {
    page += fmt::format("| {} | `{}` | {} |\n", core.title, core.name,
                        LoadCatalogue(core.name)->metrics.size());
  }
  std::string group;
  for (const Entry& entry : Collect()) {
    const CatalogueMetric& metric = entry.metric;
    if (metric.name.empty()) continue;
    if (metric.group != group) page += fmt::format("\n## {}\n", group = metric.group);
    page += fmt::format(
        "\n### `{}`: {}\n\n{} In {}.{}\n\n", metric.name, metric.title, metric.description,
        metric.unit,
        metric.sets.empty() ? "" : fmt::format(" Sets: `{}`.", fmt::join(metric.sets, "`, `")));
    for (const auto& [formula, cores] : entry.formulas) {
      page += fmt::format(
          "- `{}`: {}\n", formula,
          cores.size() == all_cores ? "all cores" : fmt::format("{}", fmt::join(cores, ", ")));
    }
  }
  return page;
}

TEST(DocsTest, TheMetricsPageIsUpToDate) {
  const auto file = std::filesystem::path(PMUBENCH_SOURCE_DIR) / "docs" / "metrics.md";
  const std::string page = Page();
  if (std::getenv("PMUBENCH_UPDATE_DOCS") != nullptr) std::ofstream(file) << page;
  std::ifstream in(file);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  EXPECT_TRUE(text == page) << file << " is stale: PMUBENCH_UPDATE_DOCS=1 writes it anew";
}

TEST(DocsTest, EveryDeclaredMetricIsOnSomeCore) {
  for (const Entry& entry : Collect()) EXPECT_FALSE(entry.metric.name.empty());
}

std::set<std::string> Keys(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

TEST(DocsTest, TheSchemaKnowsEveryFieldOfTheFiles) {
  std::ifstream in(std::filesystem::path(PMUBENCH_SOURCE_DIR) / "harness/catalogue/schema.json");
  const auto schema = nlohmann::json::parse(in);
  const auto fields = [](const nlohmann::json& type) { return Keys(type["properties"]); };
  const auto& definitions = schema["definitions"];
  for (const auto& [name, text] : BuiltInFiles()) {
    const auto file = nlohmann::json::parse(text);
    EXPECT_THAT(Keys(file), IsSubsetOf(fields(schema))) << name;
    for (const auto& event : file.value("events", nlohmann::json::object())) {
      EXPECT_THAT(Keys(event), IsSubsetOf(fields(definitions["event"]))) << name;
    }
    for (const auto& metric : file.value("metrics", nlohmann::json::object())) {
      if (!metric.is_object()) continue;
      EXPECT_THAT(Keys(metric), IsSubsetOf(fields(definitions["metric"]))) << name;
    }
  }
}

}  // namespace
}  // namespace pmubench
