// The Neoverse files against Arm's own telemetry data: codes, and formulas on random counts.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "catalogue/facts.h"
#include "catalogue/load.h"

namespace pmubench {
namespace {

struct Core {
  const char* name;
  const char* file;
};

constexpr Core kCores[] = {
    {"neoverse-n1", "neoverse-n1.json"}, {"neoverse-n2", "neoverse-n2-r0p3.json"},
    {"neoverse-n3", "neoverse-n3.json"}, {"neoverse-v1", "neoverse-v1.json"},
    {"neoverse-v2", "neoverse-v2.json"}, {"neoverse-v3", "neoverse-v3.json"}};

/// Our name for a metric of theirs; empty where there is none on purpose.
std::string OurName(std::string name) {
  static const std::map<std::string, std::string> kNames{
      {"branch_misprediction_ratio", "branch_miss_ratio"},
      {"integer_dp_percentage", "integer_percentage"},
      {"sve_all_percentage", "sve_percentage"},
      {"ll_cache_read_miss_ratio", "llc_miss_ratio"},
      {"ll_cache_read_mpki", "llc_mpki"},
      // One minus the miss ratio.
      {"ll_cache_read_hit_ratio", ""}};
  if (const auto it = kNames.find(name); it != kNames.end()) return it->second;
  for (const char* level : {"l1i", "l1d", "l2"}) {
    const std::string cache = std::string(level) + "_cache_";
    if (name.starts_with(cache)) return level + name.substr(cache.size() - 1);
  }
  return name;
}

class TelemetryTest : public ::testing::TestWithParam<Core> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(FactsFolder())) {
      GTEST_SKIP() << "no recorded facts at " << FactsFolder();
    }
    facts_ = ReadFacts(std::filesystem::path("arm-telemetry") / GetParam().file);
    catalogue_ = *LoadCatalogue(GetParam().name);
  }

  nlohmann::json facts_;
  Catalogue catalogue_;
};

TEST_P(TelemetryTest, CodesAreEqual) {
  int checked = 0;
  for (const CatalogueEvent& event : catalogue_.events) {
    if (!event.pmu.empty()) continue;
    ASSERT_TRUE(facts_["events"].contains(event.name)) << event.name;
    const auto code = facts_["events"][event.name]["code"].get<std::string>();
    EXPECT_EQ(event.code, std::stoull(code, nullptr, 16)) << event.name;
    ++checked;
  }
  EXPECT_GT(checked, 90);
}

TEST_P(TelemetryTest, TheMidrFindsTheCore) {
  const auto& product = facts_["product_configuration"];
  CpuIdentity cpu;
  cpu.arch = "arm64";
  cpu.midr = std::stoull(product["implementer"].get<std::string>(), nullptr, 16) << 24 |
             std::stoull(product["part_num"].get<std::string>(), nullptr, 16) << 4 | 0xf0001;
  EXPECT_EQ(CoreFor(cpu), GetParam().name);
}

TEST_P(TelemetryTest, FormulasGiveTheSameOnTheSameCounts) {
  int checked = 0;
  for (const auto& [name, theirs] : facts_["metrics"].items()) {
    const std::string our_name = OurName(name);
    if (our_name.empty()) continue;
    const CatalogueMetric* ours = catalogue_.FindMetric(our_name);
    ASSERT_NE(ours, nullptr) << name;
    // Where they count misses per thousand instructions or in percent, so do we.
    const auto formula = Formula::Parse(theirs["formula"].get<std::string>());
    ASSERT_TRUE(formula.ok()) << name;
    EXPECT_EQ(std::set<std::string>(formula->names().begin(), formula->names().end()),
              std::set<std::string>(ours->events.begin(), ours->events.end()))
        << name;
    for (unsigned seed = 0; seed < 20; ++seed) {
      const RandomCounts counts(seed);
      const double expected = *formula->Evaluate(counts).number;
      const double found = *ours->formula.Evaluate(counts).number;
      EXPECT_NEAR(found, expected, 1e-12 * std::max(std::abs(expected), 1.0)) << name;
    }
    ++checked;
  }
  EXPECT_GE(checked, 30);
}

INSTANTIATE_TEST_SUITE_P(Cores, TelemetryTest, ::testing::ValuesIn(kCores), [](const auto& core) {
  std::string name = core.param.name;
  name.erase(name.find('-'), 1);
  return name;
});

}  // namespace
}  // namespace pmubench
