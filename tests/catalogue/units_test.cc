#include "catalogue/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue/load.h"
#include "test_folder.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;

TEST(UnitsTest, ReadsUnits) {
  EXPECT_EQ(ParseUnit("misses/1000 instructions"), (Dimension{{"access", 1}, {"instruction", -1}}));
  EXPECT_EQ(ParseUnit("misses/access"), Dimension{});
  EXPECT_EQ(ParseUnit("misses/branch"), (Dimension{{"access", 1}, {"branch", -1}}));
  EXPECT_EQ(ParseUnit("switches/iteration"), (Dimension{{"switch", 1}, {"iteration", -1}}));
  EXPECT_EQ(ParseUnit("% of slots"), Dimension{});
  EXPECT_EQ(ParseUnit("cache lines"), (Dimension{{"cache line", 1}}));
  EXPECT_EQ(ParseUnit("ns"), (Dimension{{"ns", 1}}));
}

TEST(UnitsTest, EveryBuiltInMetricIsOfItsUnit) {
  for (const BuiltInCore& core : BuiltInCores()) {
    const Catalogue catalogue = *LoadCatalogue(core.name);
    for (const CatalogueMetric& metric : catalogue.metrics) {
      const auto checked = CheckUnits(catalogue, metric);
      EXPECT_TRUE(checked.ok()) << core.name << ": " << checked.error().message;
    }
  }
}

TEST(UnitsTest, FindsWhatDoesNotFit) {
  const TestFolder folder;
  const auto catalogue =
      MergeUserCatalogue(*LoadCatalogue("neoverse-n1"), folder.Write("a.json", R"({"metrics": {
        "upside_down": {"formula": "CPU_CYCLES / INST_RETIRED", "unit": "instructions/cycle"},
        "mixed": {"formula": "CPU_CYCLES + INST_RETIRED", "unit": "cycles"}}})"));
  ASSERT_TRUE(catalogue.ok());
  EXPECT_THAT(CheckUnits(*catalogue, *catalogue->FindMetric("upside_down")).error().message,
              HasSubstr("its formula gives cycle instruction^-1"));
  EXPECT_THAT(CheckUnits(*catalogue, *catalogue->FindMetric("mixed")).error().message,
              HasSubstr("cycle is put together with instruction"));
}

}  // namespace
}  // namespace pmubench
