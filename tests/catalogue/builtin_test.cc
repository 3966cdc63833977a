// Every built-in core: it loads, its metrics can be planned, the CPU it is for finds it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "catalogue/builtin_files.h"
#include "catalogue/load.h"
#include "planner/plan.h"
#include "planner/problem_for.h"

namespace pmubench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(BuiltInTest, FilesAreNamedAsTheirCores) {
  ASSERT_FALSE(BuiltInFiles().empty());
  for (const BuiltInCore& core : BuiltInCores()) {
    const auto catalogue = LoadCatalogue(core.name);
    ASSERT_TRUE(catalogue.ok()) << core.name << ": " << catalogue.error().ToString();
    EXPECT_EQ(catalogue->core, core.name);
    EXPECT_FALSE(catalogue->title.empty());
  }
  EXPECT_FALSE(LoadCatalogue("metrics").ok()) << "declarations are no core";
  const auto typo = LoadCatalogue("neoverse-n11");
  ASSERT_FALSE(typo.ok());
  EXPECT_EQ(typo.error().remedy, "did you mean 'neoverse-n1'?");
}

TEST(BuiltInTest, EveryCoreHasTheSoftwareMetrics) {
  for (const BuiltInCore& core : BuiltInCores()) {
    const Catalogue catalogue = *LoadCatalogue(core.name);
    for (const char* name : {"page_faults", "context_switches", "cpu_migrations"}) {
      const CatalogueMetric* metric = catalogue.FindMetric(name);
      ASSERT_NE(metric, nullptr) << core.name << " " << name;
      EXPECT_THAT(metric->sets, Contains("basic"));
    }
    if (core.name == "software") continue;
    for (const char* name : {"ipc", "instructions", "cycles", "branch_mpki", "llc_mpki"}) {
      EXPECT_NE(catalogue.FindMetric(name), nullptr) << core.name << " " << name;
    }
  }
}

TEST(BuiltInTest, EveryCoreHasEverySet) {
  for (const BuiltInCore& core : BuiltInCores()) {
    if (core.name == "software") continue;
    const Catalogue catalogue = *LoadCatalogue(core.name);
    for (const char* set : {"basic", "caches", "topdown", "mix", "all"}) {
      EXPECT_THAT(catalogue.SetNames(), Contains(set)) << core.name;
    }
  }
}

TEST(BuiltInTest, EverythingIsDescribed) {
  for (const BuiltInCore& core : BuiltInCores()) {
    const Catalogue catalogue = *LoadCatalogue(core.name);
    std::set<std::string> names;
    for (const CatalogueEvent& event : catalogue.events) {
      EXPECT_FALSE(event.unit.empty()) << core.name << " " << event.name;
      EXPECT_FALSE(event.description.empty()) << core.name << " " << event.name;
      EXPECT_TRUE(event.code) << core.name << " " << event.name;
      EXPECT_TRUE(names.insert(event.name).second) << core.name << " " << event.name;
    }
    for (const CatalogueMetric& metric : catalogue.metrics) {
      EXPECT_FALSE(metric.unit.empty()) << core.name << " " << metric.name;
      EXPECT_FALSE(metric.description.empty()) << core.name << " " << metric.name;
      EXPECT_FALSE(metric.group.empty()) << core.name << " " << metric.name;
      EXPECT_NE(metric.title, metric.name) << core.name << " " << metric.name;
    }
  }
}

TEST(BuiltInTest, EveryMetricCanBePlanned) {
  for (const BuiltInCore& core : BuiltInCores()) {
    const Catalogue catalogue = *LoadCatalogue(core.name);
    for (const CatalogueMetric& metric : catalogue.metrics) {
      if (metric.events.empty()) continue;
      const Plan plan = MakePlan(ProblemFor(catalogue, {&metric}, catalogue.general_counters));
      EXPECT_EQ(plan.groups.size(), 1u) << core.name << " " << metric.name;
      EXPECT_TRUE(plan.unplannable.empty()) << core.name << " " << metric.name;
    }
  }
}

// A level of the top-down must be whole: parts that add up to 100 %, on any counts.
TEST(BuiltInTest, TopDownOfStallCyclesAddsUp) {
  for (const char* core : {"arm-pmuv3", "neoverse-n1", "cortex-a76", "kunpeng-920", "a64fx"}) {
    const Catalogue catalogue = *LoadCatalogue(core);
    const auto count = [](std::string_view name) {
      return Value{static_cast<double>(std::hash<std::string_view>{}(name) % 1000 + 1), ""};
    };
    double sum = 0;
    for (const char* part : {"retiring", "bad_speculation", "frontend_bound", "backend_bound"}) {
      const CatalogueMetric* metric = catalogue.FindMetric(part);
      ASSERT_NE(metric, nullptr) << core << " " << part;
      EXPECT_THAT(metric->note, HasSubstr("approximate")) << core << " " << part;
      sum += *metric->formula.Evaluate(count).number;
    }
    EXPECT_NEAR(sum, 100, 1e-9) << core;
  }
}

TEST(BuiltInTest, SlotsAreNoApproximation) {
  for (const char* core :
       {"neoverse-n2", "neoverse-v2", "neoverse-v3", "sapphire-rapids", "zen4"}) {
    const Catalogue catalogue = *LoadCatalogue(core);
    for (const char* part : {"retiring", "bad_speculation", "frontend_bound", "backend_bound"}) {
      EXPECT_EQ(catalogue.FindMetric(part)->note.find("approximate"), std::string::npos) << core;
    }
  }
}

// Every penalty in the stack of CPI is counted by the core or names its source.
TEST(BuiltInTest, EveryPartOfTheCpiStackNamesItsSource) {
  int parts = 0;
  for (const BuiltInCore& core : BuiltInCores()) {
    const Catalogue catalogue = *LoadCatalogue(core.name);
    for (const CatalogueMetric& metric : catalogue.metrics) {
      if (metric.group != "cpi" || metric.name == "cpi_base") continue;
      EXPECT_FALSE(metric.note.empty()) << core.name << " " << metric.name;
      ++parts;
      for (const CatalogueConstant& constant : catalogue.constants) {
        const auto& names = metric.definition.names();
        const bool used = std::find(names.begin(), names.end(), constant.name) != names.end();
        if (used && constant.name.ends_with("_CYCLES")) {
          EXPECT_GT(constant.value, 0) << core.name << " " << metric.name;
          EXPECT_FALSE(constant.source.empty()) << core.name << " " << constant.name;
        }
      }
    }
  }
  EXPECT_GT(parts, 60);
}

TEST(BuiltInTest, SlotsLeadEveryGroupOfPerfMetrics) {
  const Catalogue catalogue = *LoadCatalogue("sapphire-rapids");
  const PlanProblem problem = ProblemFor(catalogue, {catalogue.FindMetric("retiring")}, 8);
  EXPECT_EQ(problem.metrics[0].events.front(), "TOPDOWN.SLOTS");
  EXPECT_TRUE(catalogue.FindEvent("TOPDOWN.SLOTS")->leads);
}

TEST(BuiltInTest, SelectsNamesAndSetsInTheCataloguesOrder) {
  const Catalogue catalogue = *LoadCatalogue("neoverse-n1");
  const auto selected = catalogue.Select({"l1d_mpki", "ipc", "ipc", "caches"});
  ASSERT_TRUE(selected.ok());
  std::vector<std::string> names;
  for (const CatalogueMetric* metric : *selected) names.push_back(metric->name);
  EXPECT_EQ(names.front(), "ipc");
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  EXPECT_THAT(names, Contains("l2_miss_ratio"));
  for (const char* set : {"basic", "caches", "topdown", "mix", "all"}) {
    EXPECT_THAT(catalogue.SetNames(), Contains(set));
  }
}

TEST(BuiltInTest, AnUnknownMetricSuggestsTheNearest) {
  const Catalogue catalogue = *LoadCatalogue("neoverse-n1");
  const auto selected = catalogue.Select({"brnach_mpki"});
  ASSERT_FALSE(selected.ok());
  EXPECT_EQ(selected.error().code, ErrorCode::kUsage);
  EXPECT_EQ(selected.error().remedy, "did you mean 'branch_mpki'?");
  EXPECT_THAT(catalogue.Select({"zzzzzzzz"}).error().remedy, HasSubstr("pmubench list metrics"));
  EXPECT_THAT(catalogue.Select({""}).error().message, HasSubstr("no metric"));
}

TEST(BuiltInTest, FindsEventsByAliasAndAnyCase) {
  const Catalogue catalogue = *LoadCatalogue("neoverse-n1");
  EXPECT_EQ(catalogue.FindEvent("l1i_cache_access")->name, "L1I_CACHE");
  EXPECT_EQ(catalogue.FindEvent("page-faults")->name, "PAGE_FAULTS");
  EXPECT_EQ(catalogue.FindEvent("nothing"), nullptr);
}

CpuIdentity Arch(const std::string& arch) {
  CpuIdentity cpu;
  cpu.arch = arch;
  return cpu;
}

CpuIdentity Arm(std::uint64_t midr) {
  CpuIdentity cpu = Arch("arm64");
  cpu.midr = midr;
  return cpu;
}

CpuIdentity X86(const std::string& vendor, int family, int model, int stepping = 0) {
  CpuIdentity cpu = Arch("x86_64");
  cpu.vendor = vendor;
  cpu.family = family;
  cpu.model = model;
  cpu.stepping = stepping;
  return cpu;
}

TEST(BuiltInTest, CpusFindTheirCore) {
  // MIDR_EL1 as machines show it: revisions differ.
  const std::map<std::uint64_t, std::string> kArm = {
      {0x413fd0c1, "neoverse-n1"}, {0x414fd0c1, "neoverse-n1"}, {0x410fd493, "neoverse-n2"},
      {0x6d0fd490, "neoverse-n2"}, {0x411fd401, "neoverse-v1"}, {0x410fd4f0, "neoverse-v2"},
      {0x410fd8e0, "neoverse-n3"}, {0x410fd840, "neoverse-v3"}, {0x410fd083, "cortex-a72"},
      {0x414fd0b1, "cortex-a76"},  {0x481fd010, "kunpeng-920"}, {0x461f0010, "a64fx"},
      {0x410fd034, "arm-pmuv3"},   {0x610f0220, "arm-pmuv3"}};
  for (const auto& [midr, core] : kArm) EXPECT_EQ(CoreFor(Arm(midr)), core) << std::hex << midr;

  struct Known {
    const char* vendor;
    int family, model, stepping;
    const char* core;
  };
  constexpr Known kX86[] = {{"GenuineIntel", 6, 0x55, 4, "skylake-x"},        // Skylake-SP
                            {"GenuineIntel", 6, 0x55, 7, "skylake-x"},        // Cascade Lake
                            {"GenuineIntel", 6, 0x6a, 6, "ice-lake-sp"},      //
                            {"GenuineIntel", 6, 0x8f, 8, "sapphire-rapids"},  //
                            {"GenuineIntel", 6, 0xcf, 2, "sapphire-rapids"},  // Emerald Rapids
                            {"GenuineIntel", 6, 0xad, 1, "granite-rapids"},   //
                            {"GenuineIntel", 6, 0x97, 2, "x86-generic"},      // Alder Lake, hybrid
                            {"AuthenticAMD", 0x17, 0x31, 0, "zen2"},          // Rome
                            {"AuthenticAMD", 0x17, 0x71, 0, "zen2"},          // Matisse
                            {"AuthenticAMD", 0x17, 0x01, 2, "x86-generic"},   // Zen 1
                            {"AuthenticAMD", 0x19, 0x01, 1, "zen3"},          // Milan
                            {"AuthenticAMD", 0x19, 0x21, 0, "zen3"},          // Vermeer
                            {"AuthenticAMD", 0x19, 0x11, 1, "zen4"},          // Genoa
                            {"AuthenticAMD", 0x19, 0x61, 2, "zen4"},          // Raphael
                            {"AuthenticAMD", 0x19, 0xa0, 2, "zen4"}};         // Bergamo
  for (const Known& cpu : kX86) {
    EXPECT_EQ(CoreFor(X86(cpu.vendor, cpu.family, cpu.model, cpu.stepping)), cpu.core)
        << cpu.vendor << " " << cpu.family << " " << cpu.model;
  }
  EXPECT_EQ(CoreFor(X86("CyrixInstead", 5, 2)), "x86-generic");
  EXPECT_EQ(CoreFor(Arch("riscv64")), "software");
  EXPECT_EQ(CoreFor({}), "software");
}

}  // namespace
}  // namespace pmubench
