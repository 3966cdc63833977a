// The pure parts of `pmubench pgo`.
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/pgo_measure.h"
#include "cli/pgo_pipeline.h"
#include "cli/pgo_ratio.h"
#include "cli/pgo_report.h"
#include "cli/pgo_tools.h"
#include "cli/pgo_variants.h"
#include "platform/text.h"
#include "test_folder.h"

namespace pmubench {
namespace {

TEST(PgoCallgrind, CountsJumpsCallsAndReturns) {
  const auto counts = ParseCallgrind(
      "version: 1\nevents: Ir I1mr ILmr Bc Bcm Bi Bim\n\nfn=(1) main\n0x10 1 5\n"
      "jcnd=3/10 0x20 1\n0x10 1\njump=7 0x30 1\n0x10 1\ncalls=2 0x40 1\n0x10 1 90\n"
      "totals: 1000 20 1 50 4 6 1\n");
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->instructions, 1000u);
  EXPECT_EQ(counts->taken_branches, 3u + 7u + 2u * 2u);
  EXPECT_EQ(counts->l1i_misses, 20u);
  EXPECT_EQ(counts->mispredicted, 5u);
  EXPECT_DOUBLE_EQ(counts->PerThousand(counts->l1i_misses), 20);
  EXPECT_FALSE(ParseCallgrind(""));
  EXPECT_FALSE(ParseCallgrind("events: Ir\n"));
}

// 0x30 is "rep stosb": 40 turns of one instruction.
TEST(PgoCallgrind, RepeatedStringInstructionsAreNoBranches) {
  const auto counts = ParseCallgrind(
      "events: Ir\nfn=(1) memset\n0x30 1 41\njcnd=40/41 0x30 1\n0x30 1\njcnd=5/9 0x30 1\n0x38 1\n"
      "totals: 100\n");
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->taken_branches, 5u);
  EXPECT_EQ(counts->instructions, 60u);
}

TEST(PgoVariants, PlacesAreFilledAndShellBracesStay) {
  EXPECT_EQ(FillIn("x {out} ${HOME} {a,b} {out}", {{"out", "/tmp/o"}}),
            "x /tmp/o ${HOME} {a,b} /tmp/o");
}

TEST(PgoVariants, ListIsChecked) {
  EXPECT_EQ(ParseVariants("sample, bolt,sample", CompilerFamily::kClang)->size(), 2u);
  EXPECT_EQ(ParseVariants("sampel", CompilerFamily::kClang).error().code, ErrorCode::kUsage);
  EXPECT_FALSE(ParseVariants("sample", CompilerFamily::kGcc));
  EXPECT_FALSE(ParseVariants("", CompilerFamily::kClang));
}

TEST(PgoPipeline, MismatchesOfPerf2bolt) {
  EXPECT_DOUBLE_EQ(MismatchPercent("PERF2BOLT: traces mismatching disassembled function contents: "
                                   "12 (3.5%)\nother (9%)\n"),
                   3.5);
  EXPECT_LT(MismatchPercent("nothing\n"), 0);
  EXPECT_LT(MismatchPercent("traces mismatching disassembled function contents: 0\nx (9%)\n"), 0);
}

TEST(PgoRatio, RoundsCancelAndTheIntervalNeedsNoShape) {
  // Each round is disturbed differently, the ratio is 0.8 in all of them.
  std::vector<double> base;
  std::vector<double> variant;
  for (int i = 0; i < 11; ++i) {
    base.push_back(1 + i * 0.7);
    variant.push_back(0.8 * base.back());
  }
  const statistics::RatioEstimate same = EstimateRatio(base, variant);
  EXPECT_NEAR(same.ratio, 0.8, 1e-12);
  EXPECT_NEAR(same.low, 0.8, 1e-12);
  // Eleven values: the second smallest and largest hold the median 98.8 % of the time, the third
  // ones 93.5 %.
  std::vector<double> ones(11, 1.0);
  std::vector<double> spread;
  for (int i = 1; i <= 11; ++i) spread.push_back(i);
  const statistics::RatioEstimate wide = EstimateRatio(ones, spread);
  EXPECT_DOUBLE_EQ(wide.ratio, 6);
  EXPECT_DOUBLE_EQ(wide.low, 2);
  EXPECT_DOUBLE_EQ(wide.high, 10);
  EXPECT_DOUBLE_EQ(EstimateRatio({}, {}).ratio, 1);
}

TEST(PgoRatio, FewRoundsGiveNoInterval) {
  const statistics::RatioEstimate few = EstimateRatio({1, 1, 1, 1, 1}, {2, 2, 2, 2, 2});
  EXPECT_DOUBLE_EQ(few.ratio, 2);
  EXPECT_EQ(few.low, 0);
  VariantResult variant;
  variant.time = few;
  EXPECT_EQ(Judge(variant, {}), PgoVerdict::kTooFewRounds);
  PgoReport report;
  report.variants.push_back(variant);
  EXPECT_NE(ToMarkdown(report).find("| 2.000 | - |"), std::string::npos) << ToMarkdown(report);
  EXPECT_NE(ToJson(report).find("\"interval\": null"), std::string::npos);
}

VariantResult Variant(double low, double ratio, double high) {
  VariantResult variant;
  variant.time = {ratio, low, high};
  return variant;
}

TEST(PgoReport, GainsInsideTheFloorAreNone) {
  LayoutFloor floor;
  floor.ratios = {0.92, 1.05, 1.0};
  EXPECT_EQ(Judge(Variant(0.80, 0.82, 0.84), floor), PgoVerdict::kFaster);
  EXPECT_EQ(Judge(Variant(0.93, 0.95, 0.97), floor), PgoVerdict::kInsideFloor);
  EXPECT_EQ(Judge(Variant(0.90, 0.94, 0.98), floor), PgoVerdict::kUndecided);
  EXPECT_EQ(Judge(Variant(1.06, 1.10, 1.20), floor), PgoVerdict::kSlower);
  VariantResult wrong = Variant(0.1, 0.1, 0.1);
  wrong.same_output = false;
  EXPECT_EQ(Judge(wrong, floor), PgoVerdict::kWrongOutput);
  // Without a floor only the interval speaks.
  EXPECT_EQ(Judge(Variant(0.93, 0.95, 0.97), {}), PgoVerdict::kFaster);
}

TEST(PgoReport, TableNamesFloorAndVerdict) {
  PgoReport report;
  report.program = "app";
  report.floor.ratios = {0.9, 1.1};
  report.variants.push_back(Variant(1.2, 1.3, 1.4));
  report.variants.back().name = "bolt";
  const std::string table = ToMarkdown(report);
  EXPECT_NE(table.find("| bolt | 1.300 | 1.200 to 1.400 |"), std::string::npos) << table;
  EXPECT_NE(table.find("slower"), std::string::npos);
  EXPECT_NE(table.find("0.900 to 1.100"), std::string::npos);
}

TEST(PgoReport, PmuMetricsAreATableOfTheirOwn) {
  PgoReport report;
  report.metric_units = {{"frontend_bound", "% of slots"},
                         {"l1i_mpki", "misses/1000 instructions"}};
  report.base_metrics = {{"frontend_bound", 42.5}, {"l1i_mpki", 60}};
  report.variants.push_back(Variant(0.5, 0.6, 0.7));
  report.variants.back().name = "bolt";
  report.variants.back().metrics = {{"frontend_bound", 11}};
  const std::string table = ToMarkdown(report);
  EXPECT_NE(table.find("| frontend_bound [% of slots] |"), std::string::npos) << table;
  EXPECT_NE(table.find("| base | 42.50 | 60.00 |"), std::string::npos) << table;
  EXPECT_NE(table.find("| bolt | 11.00 | - |"), std::string::npos) << table;
  EXPECT_EQ(ToMarkdown({}).find("by the PMU"), std::string::npos);
}

TEST(PgoMeasure, ValuesAreNoPartOfTheOutput) {
  const std::string pattern = "CPU: ([0-9.]+) s";
  EXPECT_EQ(WithoutValues("sum 7\nCPU: 1.25 s\n", pattern), "sum 7\nCPU: # s\n");
  EXPECT_EQ(WithoutValues("CPU: 1 s CPU: 22 s", pattern), "CPU: # s CPU: # s");
  EXPECT_EQ(WithoutValues("CPU: 1 s", ""), "CPU: 1 s");
  EXPECT_EQ(WithoutValues("CPU: 1 s", "("), "CPU: 1 s");
  EXPECT_EQ(WithoutValues("abc", "x*"), "abc");
}

TEST(PgoTools, VersionsInWhatToolsPrint) {
  EXPECT_EQ(MajorVersionIn("Debian clang version 19.1.7 (3~deb12u1)\nTarget: x86_64"), 19);
  EXPECT_EQ(MajorVersionIn("Debian LLD 16.0.6 (compatible with GNU linkers)"), 16);
  EXPECT_EQ(MajorVersionIn("LLVM (http://llvm.org/):\n  LLVM version 14.0.6\n"), 14);
  EXPECT_EQ(MajorVersionIn("no version, 12 things"), 0);
}

TEST(PgoTools, ToolsOfAnotherVersionAreRefused) {
  const TestFolder folder;
  const auto path = folder.Write("clang", "#!/bin/sh\necho Debian clang version 14.0.6\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  LlvmTools tools;
  tools.version = 14;
  tools.clang = path;
  EXPECT_TRUE(CheckVersions(tools));
  tools.version = 19;
  const auto refused = CheckVersions(tools);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("is of version 14, not 19"), std::string::npos);
  EXPECT_NE(refused.error().remedy.find("clang-19"), std::string::npos);
}

TEST(PgoVariants, CMakeGetsEveryFlagAsAWord) {
  const std::string text = CMakeFlags({"-g1 -ffunction-sections", "-fuse-ld=lld -Wl,-q"});
  EXPECT_NE(text.find("[==[-g1 -ffunction-sections]==]"), std::string::npos) << text;
  EXPECT_NE(text.find("add_compile_options($<$<COMPILE_LANGUAGE:C,CXX>:${option}>)"),
            std::string::npos);
  EXPECT_NE(text.find("add_link_options(${pmubench_link})"), std::string::npos);
}

TEST(PgoTools, MissingLlvmNamesThePackages) {
  const auto none = FindLlvm(0, "/nowhere/at/all");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().remedy.find("clang-19"), std::string::npos);
  EXPECT_NE(FindLlvm(77, "/nowhere").error().remedy.find("llvm-77"), std::string::npos);
}

TEST(PgoTools, NewestWholeLlvmIsTakenByFullPath) {
  namespace fs = std::filesystem;
  const TestFolder root;
  const auto make = [&](const std::string& version, const std::vector<std::string>& tools) {
    for (const std::string& tool : tools) {
      const fs::path file = root.Write("usr/lib/llvm-" + version + "/bin/" + tool, "#!/bin/sh\n");
      fs::permissions(file, fs::perms::owner_all);
    }
  };
  const std::vector<std::string> all = {"clang", "clang++", "ld.lld", "llvm-profgen",
                                        "llvm-profdata"};
  make("13", all);  // too old
  make("16", all);
  make("19", {"clang", "clang++"});  // no linker, no profgen
  const auto tools = FindLlvm(0, root.path());
  ASSERT_TRUE(tools) << tools.error().ToString();
  EXPECT_EQ(tools->version, 16);
  EXPECT_EQ(tools->profgen, root / "usr/lib/llvm-16/bin/llvm-profgen");
  EXPECT_FALSE(tools->has_bolt());
}

TEST(PgoTools, QuotingSurvivesTheShell) {
  const std::string word = "a'b \"c\" $d `e`";
  EXPECT_EQ(RunShell("printf %s " + ShellQuote(word)).output, word);
  EXPECT_EQ(RunShell("exit 3").exit_code, 3);
}

}  // namespace
}  // namespace pmubench
