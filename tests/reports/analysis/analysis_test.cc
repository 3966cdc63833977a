// The iron law, top-down, CPI stack and sentences, on figures made up so that the answer is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "reports/analysis/run_analysis.h"
#include "reports/sample_record.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void Put(AnalysisInput& table, const std::string& name, double value,
         const std::string& note = "") {
  table.metrics[name].value = value;
  table.metrics[name].note = note;
}

AnalysisInput OneRun(double instructions, double cpi, double cycle_ns) {
  AnalysisInput table;
  Put(table, "instructions", instructions);
  Put(table, "cpi", cpi);
  table.cpu_ns = instructions * cpi * cycle_ns;
  return table;
}

AnalysisInput MemoryBound() {
  AnalysisInput table = OneRun(1e6, 2, 0.5);
  Put(table, "retiring", 22);
  Put(table, "bad_speculation", 4);
  Put(table, "frontend_bound", 12);
  Put(table, "backend_bound", 62);
  Put(table, "backend_mem_bound", 80, "an estimate");
  Put(table, "llc_mpki", 14.1);
  Put(table, "l2_mpki", 30);
  Put(table, "bandwidth_percentage", 85);
  return table;
}

TEST(IronLawTest, FactorsMultiplyToTheTime) {
  const IronLaw law = *IronLawOf(OneRun(1000, 1.5, 0.4));
  EXPECT_DOUBLE_EQ(law.instructions * law.cpi * law.cycle_ns, law.time_ns);
  EXPECT_DOUBLE_EQ(law.cycle_ns, 0.4);
}

TEST(IronLawTest, ShareOfOneFactorIsTheWholeChange) {
  const IronLawChange change =
      Compare(*IronLawOf(OneRun(1000, 1, 1)), *IronLawOf(OneRun(1000, 1.2, 1)));
  EXPECT_NEAR(change.factors[1].time_ns, 200, 1e-9);
  EXPECT_NEAR(change.factors[1].points, 20, 1e-9);
  EXPECT_NEAR(change.factors[0].time_ns, 0, 1e-9);
  EXPECT_NEAR(change.factors[2].time_ns, 0, 1e-9);
}

TEST(IronLawTest, SharesAddUpToTheChange) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> exponent(-8, 8);
  for (int i = 0; i < 1000; ++i) {
    const auto value = [&] { return std::exp(exponent(random)); };
    const IronLaw before = *IronLawOf(OneRun(value(), value(), value()));
    IronLaw after = *IronLawOf(OneRun(value(), value(), value()));
    if (i % 3 == 0)
      after = {before.time_ns * (1 + 1e-9), before.instructions * (1 + 1e-9), before.cpi,
               before.cycle_ns};
    if (i % 10 == 0) after = before;
    const IronLawChange change = Compare(before, after);
    double sum = 0;
    double largest = 0;
    for (const FactorChange& factor : change.factors) {
      sum += factor.time_ns;
      largest = std::max(largest, std::abs(factor.time_ns));
    }
    EXPECT_NEAR(sum, change.time_ns, 1e-12 * std::max(largest, before.time_ns)) << i;
  }
}

TEST(IronLawTest, TheOrderOfRunsOnlyChangesTheSign) {
  const IronLaw a = *IronLawOf(OneRun(1000, 1, 0.5));
  const IronLaw b = *IronLawOf(OneRun(1300, 0.7, 0.6));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(Compare(a, b).factors[i].time_ns, -Compare(b, a).factors[i].time_ns, 1e-9);
  }
}

TEST(IronLawTest, SaysWhatIsMissing) {
  AnalysisInput table = OneRun(10, 1, 1);
  table.metrics["instructions"] = {std::nullopt, "", "", "paranoid is 4", "", ""};
  EXPECT_THAT(IronLawOf(table).error().message, HasSubstr("instructions: paranoid is 4"));
  AnalysisInput no_time = OneRun(10, 1, 1);
  no_time.cpu_ns.reset();
  EXPECT_THAT(IronLawOf(no_time).error().message, HasSubstr("CPU time"));
}

TEST(TopDownTest, LevelsAddUp) {
  const TopDown topdown = TopDownOf(MemoryBound());
  ASSERT_EQ(topdown.parts.size(), 4u);
  EXPECT_DOUBLE_EQ(*topdown.sum, 100);
  EXPECT_DOUBLE_EQ(*topdown.error(), 0);
  const TopDownPart& backend = topdown.parts[3];
  ASSERT_EQ(backend.parts.size(), 2u);
  EXPECT_NEAR(*backend.parts[0].percent, 49.6, 1e-12);
  EXPECT_NEAR(*backend.parts[0].percent + *backend.parts[1].percent, 62, 1e-12);
  EXPECT_EQ(backend.parts[0].note, "an estimate");
}

TEST(TopDownTest, NegativeAndMissingPartsAreShownAsWhatTheyAre) {
  AnalysisInput table = MemoryBound();
  Put(table, "bad_speculation", -1.5);
  const TopDown topdown = TopDownOf(table);
  EXPECT_DOUBLE_EQ(*topdown.parts[1].percent, -1.5);
  EXPECT_NEAR(*topdown.error(), 5.5, 1e-12);
  EXPECT_THAT(AnalysisText("x", table), HasSubstr("-1.5 %"));
  table.metrics["frontend_bound"] = {std::nullopt, "", "", "dead here", "", ""};
  EXPECT_FALSE(TopDownOf(table).sum);
  EXPECT_THAT(BottleneckOf(table).sentence, HasSubstr("frontend_bound: dead here"));
}

TEST(TopDownTest, TheOtherHardwareThreadIsAPartWhereItIsCounted) {
  AnalysisInput table = MemoryBound();
  Put(table, "backend_bound", 50);
  Put(table, "smt_contention", 12);
  EXPECT_EQ(TopDownOf(table).parts.size(), 5u);
  EXPECT_DOUBLE_EQ(*TopDownOf(table).sum, 100);
}

TEST(CpiStackTest, TheRestIsUnattributed) {
  AnalysisInput table = OneRun(1000, 2, 1);
  Put(table, "cpi_memory", 1.2);
  Put(table, "cpi_base", 0.25);
  table.metrics["cpi_tlb"] = {std::nullopt, "", "", "no such event", "", ""};
  const CpiStack stack = *CpiStackOf(table);
  ASSERT_EQ(stack.parts.size(), 2u);
  EXPECT_EQ(stack.parts[0].name, "cpi_base");
  EXPECT_NEAR(stack.unattributed, 0.55, 1e-12);
  EXPECT_DOUBLE_EQ(stack.parts[1].percent, 60);
  EXPECT_THAT(stack.missing, ::testing::ElementsAre("cpi_tlb: no such event"));
  Put(table, "cpi_llc", 1);
  EXPECT_LT(CpiStackOf(table)->unattributed, 0);
  EXPECT_THAT(AnalysisText("x", table), HasSubstr("overlap"));
}

TEST(BottleneckTest, OneSentenceWithItsEvidence) {
  const Bottleneck bottleneck = BottleneckOf(MemoryBound());
  EXPECT_EQ(bottleneck.category, "backend_bound/memory");
  EXPECT_EQ(
      bottleneck.sentence,
      "62 % back-end bound, of which memory 50 %: 14.1 LLC MPKI, 85 % of attainable bandwidth");
}

TEST(BottleneckTest, NamesEveryCategory) {
  for (const char* name : {"retiring", "bad_speculation", "frontend_bound", "backend_bound"}) {
    AnalysisInput table;
    for (const char* part : {"retiring", "bad_speculation", "frontend_bound", "backend_bound"}) {
      Put(table, part, part == std::string(name) ? 70 : 10);
    }
    EXPECT_EQ(BottleneckOf(table).category, name);
  }
  EXPECT_THAT(BottleneckOf({}).sentence, HasSubstr("metric set topdown"));
  EXPECT_EQ(BottleneckOf({}).category, "");
}

TEST(ExplainChangeTest, SaysWhichFactorAndWhichPart) {
  AnalysisInput before = OneRun(1000, 1, 1);
  AnalysisInput after = OneRun(1000, 1.25, 1);
  Put(before, "cpi_memory", 0.5);
  Put(after, "cpi_memory", 0.7);
  Put(before, "llc_mpki", 3);
  Put(after, "llc_mpki", 5.5);
  EXPECT_EQ(
      ExplainChange(before, after),
      "CPU time +25.0 %: instructions +0.0, CPI +25.0, cycle time +0.0 points; of CPI, memory "
      "+0.200 of +0.250 cycles/instruction; llc_mpki 3.00 -> 5.50");
  EXPECT_THAT(ExplainChange({}, after), HasSubstr("before: no iron law"));
}

TEST(AnalysisTest, SaysWhatIsNotToBeBelieved) {
  Record record = testing::SampleRecord();
  record.definitions[0].note = "approximate";
  record.results[0].metrics[0].note = "CPU_CYCLES here: over-counts by a factor of 2";
  const AnalysisInput table = *TableOf(record, "BM_sort/8");
  const std::string text = AnalysisText("BM_sort/8", table);
  EXPECT_THAT(text, HasSubstr("no value: branch_mpki: no such event\n"));
  EXPECT_THAT(text,
              HasSubstr("not to be trusted: ipc: CPU_CYCLES here: over-counts by a factor of 2\n"));
  const auto json = nlohmann::json::parse(AnalysisJson("BM_sort/8", table));
  EXPECT_EQ(json["no_value"]["branch_mpki"], "no such event");
  EXPECT_EQ(json["not_to_be_trusted"].size(), 1u);
  EXPECT_THAT(ChangeText("x", table, table), HasSubstr("not to be trusted: ipc"));
}

TEST(AnalysisTest, ReadsARecordAndWritesJson) {
  const Record record = testing::SampleRecord();
  EXPECT_FALSE(TableOf(record, "nothing").ok());
  const AnalysisInput table = *TableOf(record, "BM_sort/8");
  EXPECT_DOUBLE_EQ(*table.Number("ipc"), 2.25);
  EXPECT_EQ(table.Find("branch_mpki")->reason, "no such event");
  const auto json = nlohmann::json::parse(AnalysisJson("BM_sort/8", table));
  EXPECT_TRUE(json["topdown"]["sum"].is_null());
  EXPECT_TRUE(json["iron_law"].contains("reason"));
  const auto change = nlohmann::json::parse(ChangeJson("x", OneRun(10, 1, 1), OneRun(10, 2, 1)));
  EXPECT_DOUBLE_EQ(change["change"]["time_ratio"].get<double>(), 2);
  EXPECT_THAT(ChangeText("x", OneRun(10, 1, 1), OneRun(10, 2, 1)), Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace pmubench
