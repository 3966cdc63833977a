// What recorded packing problems of real tools say of cores: counters, dedicated events,
// constraints.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "catalogue/facts.h"
#include "catalogue/load.h"

namespace pmubench {
namespace {

struct Fact {
  const char* problem;
  const char* core;
  int fixed;        ///< events of dedicated counters that both know
  int constrained;  ///< events that both know and that cannot use every counter
};

constexpr Fact kFacts[] = {{"n1-arm", "neoverse-n1", 1, 0},
                           {"n2-arm", "neoverse-n2", 1, 0},
                           {"v1-arm", "neoverse-v1", 1, 0},
                           {"v2-arm", "neoverse-v2", 1, 0},
                           {"kunpeng920-arm(n1 set)", "kunpeng-920", 1, 0},
                           {"hperf-arm-6", "arm-pmuv3", 1, 0},
                           {"skx-likwid-4", "skylake-x", 3, 0},
                           {"hperf-clx", "skylake-x", 3, 0},
                           {"icx-likwid-8", "ice-lake-sp", 8, 9},
                           {"zen2-likwid-6", "zen2", 0, 0},
                           {"zen3-likwid-6", "zen3", 0, 0}};

/// LIKWID's names for what we name otherwise; else it writes '_' for our '.'.
const CatalogueEvent* FindEvent(const Catalogue& catalogue, const std::string& name) {
  static const std::map<std::string, std::string> kNames{
      {"INSTR_RETIRED_ANY", "INST_RETIRED.ANY"},
      {"CPU_CLK_UNHALTED_CORE", "CPU_CLK_UNHALTED.THREAD"},
      {"CPU_CLK_UNHALTED_REF", "CPU_CLK_UNHALTED.REF_TSC"},
      {"RETIRING", "PERF_METRICS.RETIRING"},
      {"BAD_SPECULATION", "PERF_METRICS.BAD_SPECULATION"},
      {"FRONTEND_BOUND", "PERF_METRICS.FRONTEND_BOUND"},
      {"BACKEND_BOUND", "PERF_METRICS.BACKEND_BOUND"},
      {"RETIRED_SSE_AVX_FLOPS_ALL", "RETIRED_FLOPS"}};
  if (const auto it = kNames.find(name); it != kNames.end()) return catalogue.FindEvent(it->second);
  if (const CatalogueEvent* event = catalogue.FindEvent(name)) return event;
  for (const CatalogueEvent& event : catalogue.events) {
    std::string plain = event.name;
    std::replace(plain.begin(), plain.end(), '.', '_');
    if (plain == name) return &event;
  }
  return nullptr;
}

class PackingFactsTest : public ::testing::TestWithParam<Fact> {};

TEST_P(PackingFactsTest, CountersAndConstraintsAreEqual) {
  if (!std::filesystem::exists(FactsFolder())) {
    GTEST_SKIP() << "no recorded facts at " << FactsFolder();
  }
  const auto cases = ReadFacts("packing/cases.json")["cases"];
  const auto fact = std::find_if(cases.begin(), cases.end(),
                                 [](const auto& one) { return one["id"] == GetParam().problem; });
  ASSERT_NE(fact, cases.end());
  const Catalogue catalogue = *LoadCatalogue(GetParam().core);
  EXPECT_EQ(catalogue.general_counters, (*fact)["counters"]["generic"].get<int>());
  int fixed = 0;
  for (const auto& [name, counter] : (*fact)["counters"]["fixed"].items()) {
    const CatalogueEvent* event = FindEvent(catalogue, name);
    if (event == nullptr) continue;
    EXPECT_FALSE(event->dedicated.empty()) << name;
    ++fixed;
  }
  EXPECT_EQ(fixed, GetParam().fixed);
  int constrained = 0;
  for (const auto& [name, counters] : (*fact)["constraints"].items()) {
    const CatalogueEvent* event = FindEvent(catalogue, name);
    if (event == nullptr) continue;
    EXPECT_EQ(event->constraint.counters, counters.get<std::vector<int>>()) << name;
    ++constrained;
  }
  EXPECT_GE(constrained, GetParam().constrained);
  for (const auto& [name, slots] : (*fact)["slots"].items()) {
    const CatalogueEvent* event = FindEvent(catalogue, name);
    ASSERT_NE(event, nullptr) << name;
    EXPECT_EQ(event->constraint.slots, slots.get<int>()) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Problems, PackingFactsTest, ::testing::ValuesIn(kFacts),
                         [](const auto& fact) {
                           std::string name = fact.param.problem;
                           std::erase_if(name,
                                         [](unsigned char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

}  // namespace
}  // namespace pmubench
