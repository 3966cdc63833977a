#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>

#include "catalogue/builtin_files.h"
#include "catalogue/load.h"
#include "test_folder.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class CatalogueFileTest : public ::testing::Test {
 protected:
  Result<Catalogue> Merge(const std::string& text, const std::string& core = "neoverse-n1") {
    return MergeUserCatalogue(*LoadCatalogue(core), folder_.Write("mine.json", text));
  }

  /// The error without the folder: "mine.json:1:2: ...".
  std::string ErrorOf(const std::string& text) {
    const auto merged = Merge(text);
    EXPECT_FALSE(merged.ok()) << text;
    if (merged.ok()) return "";
    EXPECT_EQ(ExitCode(merged.error().code), 2);
    std::string message = merged.error().ToString();
    const std::string folder = folder_.path().string() + "/";
    EXPECT_THAT(message, StartsWith(folder));
    return message.substr(folder.size());
  }

  TestFolder folder_;
};

TEST_F(CatalogueFileTest, AddsAndOverrides) {
  const auto merged = Merge(R"({
    "events": {"MY_EVENT": {"code": "0xc0de", "unit": "things"}, "L1D_CACHE": {"unit": "visits"}},
    "metrics": {
      "things_per_cycle": {"formula": "MY_EVENT * ipc / INST_RETIRED", "unit": "things/cycle"},
      "cpi": "2 * CPU_CYCLES / INST_RETIRED"
    }})");
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  EXPECT_EQ(merged->core, "neoverse-n1");
  EXPECT_EQ(merged->FindEvent("MY_EVENT")->code, 0xc0deu);
  EXPECT_EQ(merged->FindEvent("L1D_CACHE")->unit, "visits");
  EXPECT_EQ(merged->FindEvent("L1D_CACHE")->code, 0x4u);
  EXPECT_EQ(merged->FindMetric("cpi")->formula.text(), "2 * CPU_CYCLES / INST_RETIRED");
  EXPECT_EQ(merged->FindMetric("cpi")->unit, "cycles/instruction");
  const CatalogueMetric* mine = merged->FindMetric("things_per_cycle");
  ASSERT_NE(mine, nullptr);
  EXPECT_EQ(mine->formula.text(), "MY_EVENT * (INST_RETIRED / CPU_CYCLES) / INST_RETIRED");
  EXPECT_THAT(mine->events, ElementsAre("MY_EVENT", "INST_RETIRED", "CPU_CYCLES"));
}

TEST_F(CatalogueFileTest, OverridingAMetricChangesThoseThatNameIt) {
  const auto once = Merge(R"({"metrics": {"double_ipc": "2 * ipc"}})");
  ASSERT_TRUE(once.ok());
  const auto twice =
      MergeUserCatalogue(*once, folder_.Write("b.json", R"({"metrics": {"ipc": "INST_SPEC"}})"));
  ASSERT_TRUE(twice.ok());
  EXPECT_EQ(twice->FindMetric("double_ipc")->formula.text(), "2 * INST_SPEC");
}

TEST_F(CatalogueFileTest, RemovingAnEventTakesItsMetricsAlong) {
  const auto merged = Merge(R"({"events": {"INST_RETIRED": null}})");
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  EXPECT_EQ(merged->FindEvent("INST_RETIRED"), nullptr);
  EXPECT_EQ(merged->FindMetric("ipc"), nullptr);
  EXPECT_NE(merged->FindMetric("branch_miss_ratio"), nullptr);
  const auto selected = merged->Select({"ipc"});
  ASSERT_FALSE(selected.ok());
  EXPECT_EQ(selected.error().message, "Arm Neoverse N1 has no events for metric 'ipc'");
}

TEST_F(CatalogueFileTest, DefinesACoreOfItsOwn) {
  const auto merged = Merge(R"({"core": "mine", "title": "Mine", "inherits": "neoverse-v1",
                                "general_counters": 31})");
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  EXPECT_EQ(merged->core, "mine");
  EXPECT_EQ(merged->general_counters, 31);
  EXPECT_NE(merged->FindMetric("retiring"), nullptr);
  EXPECT_THAT(ErrorOf(R"({"inherits": "neoverse-v1"})"), HasSubstr("'inherits' without 'core'"));
  EXPECT_THAT(ErrorOf(R"({"core": "mine", "inherits": "neoverse-v9"})"),
              HasSubstr("no catalogue for core 'neoverse-v9'"));
}

TEST_F(CatalogueFileTest, AFileForAnotherCoreIsRefusedOrPassedOver) {
  const Catalogue n1 = *LoadCatalogue("neoverse-n1");
  const auto file = folder_.Write("a.json", R"({"core": "neoverse-v1", "metrics": {"x": "1"}})");
  const auto merged = MergeUserCatalogue(n1, file);
  ASSERT_FALSE(merged.ok());
  EXPECT_THAT(merged.error().message,
              HasSubstr("is for core 'neoverse-v1', not for 'neoverse-n1'"));
  folder_.Write("b.json", R"({"core": "arm-events", "metrics": {"y": "2"}})");
  folder_.Write("c.txt", "not JSON");
  const auto all = MergeUserFolder(n1, folder_.path());
  ASSERT_TRUE(all.ok()) << all.error().message;
  EXPECT_EQ(all->FindMetric("x"), nullptr);
  EXPECT_NE(all->FindMetric("y"), nullptr);
  EXPECT_TRUE(MergeUserFolder(n1, folder_.path() / "absent").ok());
  EXPECT_TRUE(MergeUserFolder(n1, "").ok());
}

TEST_F(CatalogueFileTest, SyntaxErrorsHaveTheirPlace) {
  EXPECT_THAT(ErrorOf(""), StartsWith("mine.json:1:1: "));
  EXPECT_THAT(ErrorOf("{\n  \"core\": \"x\",\n  oops\n}"), StartsWith("mine.json:3:3: "));
  EXPECT_THAT(ErrorOf("{\"core\": \"x\""), StartsWith("mine.json:1:13: "));
  EXPECT_THAT(ErrorOf("{\"metrics\": {\"a\": \"1\",\n \"a\": \"2\"}}"),
              StartsWith("mine.json:2:2: 'a' is there twice"));
  EXPECT_THAT(ErrorOf("{\"general_counters\": 1e999}"), StartsWith("mine.json:1:"));
}

TEST_F(CatalogueFileTest, SchemaErrorsHaveTheirPlace) {
  EXPECT_EQ(ErrorOf("[]"), "mine.json:1:1: a catalogue must be an object, not an array");
  EXPECT_EQ(ErrorOf("{\n  \"metrcs\": {}\n}"),
            "mine.json:2:3: a catalogue has no field 'metrcs'; did you mean 'metrics'?");
  EXPECT_EQ(ErrorOf("{\"title\": 5}"),
            "mine.json:1:11: a catalogue: 'title' must be a string, not a number");
  EXPECT_EQ(ErrorOf("{\"events\": {\"A\": {}}}"),
            "mine.json:1:13: event 'A' has neither 'code' nor 'pfm'");
  EXPECT_EQ(ErrorOf(R"({"events": {"A": {"code": 1, "unti": "x"}}})"),
            "mine.json:1:30: event 'A' has no field 'unti'; did you mean 'unit'?");
}

TEST_F(CatalogueFileTest, ACodeOutOfRangeIsRefused) {
  EXPECT_EQ(ErrorOf(R"({"events": {"A": {"code": "0x10000"}}})"),
            "mine.json:1:27: event 'A': 'code' is 0x10000, out of range: the most is 0xffff");
  EXPECT_EQ(ErrorOf(R"({"events": {"A": {"code": "17"}}})"),
            "mine.json:1:27: event 'A': 'code' must be a whole number from 0, or text like "
            "\"0x1f\"");
  EXPECT_THAT(ErrorOf(R"({"events": {"A": {"code": -1}}})"), HasSubstr("1:27"));
  EXPECT_THAT(ErrorOf(R"({"events": {"A": {"code": 1, "slots": 3}}})"), HasSubstr("out of range"));
}

TEST_F(CatalogueFileTest, FormulaErrorsHaveTheirPlace) {
  EXPECT_EQ(ErrorOf(R"({"metrics": {"a": "CPU_CYCLES +"}})"),
            "mine.json:1:19: formula of metric 'a': column 13: expected a number, a name or '(', "
            "found the end");
  EXPECT_EQ(ErrorOf("{\"metrics\": {\"a\": {\n\"formula\": \"CPU_CYCLE\"}}}"),
            "mine.json:2:12: formula of metric 'a': no event or metric 'CPU_CYCLE'; did you mean "
            "'CPU_CYCLES'?");
  EXPECT_EQ(ErrorOf(R"({"metrics": {"a": 5}})"),
            "mine.json:1:19: metric 'a' must be an object, not a number");
}

TEST_F(CatalogueFileTest, ADivisorThatIsAlwaysZeroIsRefused) {
  EXPECT_EQ(ErrorOf(R"({"metrics": {"a": "1 + CPU_CYCLES / 0"}})"),
            "mine.json:1:19: formula of metric 'a': division by 0, which is 0");
  EXPECT_THAT(ErrorOf(R"j({"metrics": {"a": "CPU_CYCLES / (2 - 2 * 1)"}})j"),
              HasSubstr("1:19: formula of metric 'a': division by 2 - 2 * 1"));
  EXPECT_THAT(ErrorOf("{\"constants\": {\"NOTHING\": {\"value\": 0}},\n"
                      "\"metrics\": {\"a\": \"CPU_CYCLES / NOTHING\"}}"),
              HasSubstr("mine.json:2:18: "));
}

TEST_F(CatalogueFileTest, CyclesAreErrors) {
  EXPECT_THAT(ErrorOf(R"({"metrics": {"a": "b + 1", "b": "2 * c", "c": "a"}})"),
              EndsWith("the formula is defined by itself: a -> b -> c -> a"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"a": "a"}})"), EndsWith("defined by itself: a -> a"));
  std::string chain = R"({"metrics": {"m0": "1")";
  for (int i = 1; i < 5000; ++i) {
    chain += ", \"m" + std::to_string(i) + "\": \"m" + std::to_string(i + 1) + "\"";
  }
  EXPECT_THAT(ErrorOf(chain + ", \"m5000\": \"1\"}}"), HasSubstr("more than 32 deep"));
}

TEST_F(CatalogueFileTest, AMetricIsNotAnEvent) {
  EXPECT_THAT(ErrorOf(R"({"metrics": {"CPU_CYCLES": "1"}})"),
              HasSubstr("is a metric and an event or constant"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"a b": "1"}})"), HasSubstr("cannot be a metric's name"));
  EXPECT_THAT(ErrorOf(R"({"events": {"iterations": {"code": 1}}})"),
              HasSubstr("cannot be an event's name"));
}

TEST_F(CatalogueFileTest, LargeAndStrangeFilesAreRefusedQuickly) {
  const Catalogue n1 = *LoadCatalogue("neoverse-n1");
  const std::clock_t start = std::clock();
  const auto large = folder_.Write("large.json", "{}");
  std::filesystem::resize_file(large, 100u << 20);
  auto merged = MergeUserCatalogue(n1, large);
  ASSERT_FALSE(merged.ok());
  EXPECT_THAT(merged.error().message, HasSubstr("104857600 bytes; a catalogue file has at most"));
  merged = MergeUserCatalogue(n1, "/dev/zero");
  ASSERT_FALSE(merged.ok());
  EXPECT_THAT(merged.error().message, HasSubstr("not a regular file"));
  EXPECT_FALSE(MergeUserCatalogue(n1, folder_.path()).ok());
  merged = MergeUserCatalogue(n1, folder_.path() / "absent.json");
  ASSERT_FALSE(merged.ok());
  EXPECT_EQ(merged.error().code, ErrorCode::kNotFound);

  EXPECT_THAT(ErrorOf(std::string(15u << 20, '[')), HasSubstr("nested more than 32 deep"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"a": ")" + std::string(1u << 20, '(') + "\"}}"),
              HasSubstr("formula of 1048576 characters"));
  std::string wide = "{\"events\": {";
  for (int i = 0; i < 200'000; ++i) wide += "\"E" + std::to_string(i) + "\": {\"code\": 1},";
  EXPECT_THAT(ErrorOf(wide + "\"Z\": {\"code\": 1}}}"), HasSubstr("more than 10000 names"));
  // An order of magnitude above what it takes, against reading or comparing everything.
  EXPECT_LT(std::clock() - start, 20 * CLOCKS_PER_SEC);
}

TEST_F(CatalogueFileTest, DamagedFilesAreReadOrRefusedWithTheirPlace) {
  std::string whole;
  for (const auto& [name, text] : BuiltInFiles()) {
    if (name == "kunpeng-920") whole = text;
  }
  ASSERT_FALSE(whole.empty());
  constexpr std::string_view kBytes("{}[]\":,.()*/-0aZ\\\0\xff", 19);
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    std::string text = whole;
    for (unsigned n = 0; n <= random() % 3; ++n) {
      text[random() % text.size()] = kBytes[random() % kBytes.size()];
    }
    if (i % 10 == 0) text.resize(random() % text.size());
    const auto merged = Merge(text);
    if (merged.ok()) continue;
    ++refused;
    EXPECT_EQ(merged.error().code, ErrorCode::kBadInput);
    EXPECT_THAT(merged.error().message, HasSubstr("mine.json:")) << text;
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace pmubench
