#include "reports/compare/explain.h"

#include <gmock/gmock.h>

#include "reports/compare/compare_output.h"

namespace pmubench::compare {
namespace {

using statistics::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

MetricComparison Metric(const std::string& name, double base, double now, bool gate = false,
                        Verdict verdict = Verdict::kWorse) {
  MetricComparison metric;
  metric.name = name;
  metric.kind = KindOf(name, gate);
  metric.gate = gate;
  metric.evidence.base = base;
  metric.evidence.now = now;
  metric.evidence.ratio = now / base;
  metric.evidence.low = 0.99 * now / base;
  metric.evidence.high = 1.01 * now / base;
  metric.verdict = verdict;
  return metric;
}

// 10 % more instructions at 20 % more cycles each, the clock 5 % up: a cache that misses.
BenchmarkComparison Slower() {
  const double time = 100 * 1.1 * 1.2 / 1.05;
  return {"parse",
          {Metric("cpu_time", 100, time, true), Metric("instructions", 1000, 1100, true),
           Metric("ipc", 2, 2 / 1.2), Metric("frequency", 3, 3.15, false, Verdict::kBetter),
           Metric("retiring", 50, 40, false, Verdict::kWorse), Metric("backend_bound", 20, 31.5),
           Metric("frontend_bound", 10, 12), Metric("llc_mpki", 2, 3),
           Metric("branch_mpki", 1, 1.1), Metric("l2_mpki", 5, 50, false, Verdict::kInconclusive)},
          Verdict::kWorse};
}

TEST(RatiosOf, IsTheIronLaw) {
  const IronLawRatios law = RatiosOf(Slower());
  EXPECT_NEAR(*law.instructions, 1.1, 1e-12);
  EXPECT_NEAR(*law.cpi, 1.2, 1e-12);
  EXPECT_NEAR(*law.frequency, 1.05, 1e-12);
  EXPECT_NEAR(*law.time, 1.1 * 1.2 / 1.05, 1e-12);
  EXPECT_NEAR(*law.rest(), 1, 1e-12);
}

TEST(RatiosOf, SaysNothingOfWhatWasNotMeasured) {
  const IronLawRatios law = RatiosOf({"a", {Metric("real_time", 1, 2, true)}, Verdict::kWorse});
  EXPECT_NEAR(*law.time, 2, 1e-12);
  EXPECT_FALSE(law.instructions || law.cpi || law.frequency || law.rest());
  const IronLawRatios cycles = RatiosOf(
      {"a",
       {Metric("real_time", 1, 2, true), Metric("cycles", 1, 1.8), Metric("instructions", 1, 1.5)},
       Verdict::kWorse});
  EXPECT_NEAR(*cycles.cpi, 1.2, 1e-12);
  EXPECT_NEAR(*cycles.rest(), 2 / 1.8, 1e-12);
}

TEST(RatiosOf, PartsOfTheChangeAddUp) {
  const IronLawRatios law = RatiosOf(Slower());
  const auto change = Split(law, 100);
  ASSERT_TRUE(change);
  double points = 0;
  for (const FactorChange& factor : change->factors) points += factor.points;
  EXPECT_NEAR(points, 100 * (*law.time - 1), 1e-12);
  EXPECT_NEAR(change->factors[2].ratio, 1 / 1.05, 1e-12);
  EXPECT_FALSE(Split(RatiosOf({"a", {Metric("real_time", 1, 2, true)}, Verdict::kWorse}), 100));
}

TEST(MovedBucket, IsTheOneThatGrewWithTheTime) {
  EXPECT_EQ(MovedBucket(Slower())->metric, "backend_bound");
  auto faster = Slower();
  faster.verdict = Verdict::kBetter;
  EXPECT_EQ(MovedBucket(faster)->metric, "retiring");
  EXPECT_FALSE(MovedBucket({"a", {Metric("real_time", 1, 2, true)}, Verdict::kWorse}));
}

TEST(Movers, AreWhatIsShownToDifferLargestFirst) {
  const auto benchmark = Slower();
  std::vector<std::string> names;
  for (const auto* mover : Movers(benchmark, 6)) names.push_back(mover->name);
  EXPECT_THAT(names, ElementsAre("llc_mpki", "branch_mpki"));
  EXPECT_EQ(Movers(benchmark, 1).size(), 1u);
}

TEST(Explain, IsOneSentence) {
  EXPECT_EQ(Explain(Slower()),
            "cpu_time +26 % (+24 % to +27 %): instructions +10 %, cycles/instruction +20 %, "
            "frequency +5.0 %; backend_bound 20.0 -> 31.5 % of slots; llc_mpki +50 %; "
            "branch_mpki +10 %");
}

TEST(FormatChange, HasTwoFigures) {
  EXPECT_EQ(FormatChange(1.031), "+3.1 %");
  EXPECT_EQ(FormatChange(0.5), "-50 %");
  EXPECT_EQ(FormatChange(1.00021), "+0.02 %");
  EXPECT_EQ(FormatChange(1), "0 %");
  EXPECT_EQ(FormatChange(11.14), "x11.1");
  EXPECT_EQ(FormatChange(1.000002), "+0.0002 %");
}

TEST(Output, TextAndJsonTellTheSame) {
  CompareResult result;
  result.base_launches = result.new_launches = 12;
  result.benchmarks = {
      Slower(),
      {"b\xff", {Metric("cpu_time", 1, 1, true, Verdict::kEquivalent)}, Verdict::kEquivalent}};
  result.removed = {"gone"};
  const std::string text = ToText(result, false);
  EXPECT_THAT(text, HasSubstr("▲ worse"));
  EXPECT_THAT(text, HasSubstr("1 worse, 1 equivalent"));
  EXPECT_THAT(text, HasSubstr("llc_mpki"));
  EXPECT_THAT(text, HasSubstr("of +25.7 %: instructions +10.7, CPI +20.5, cycle time -5.5\n"));
  EXPECT_THAT(text, Not(HasSubstr("\xff")));
  EXPECT_THAT(ToText(result, true), HasSubstr("= equivalent"));
  const std::string json = ToJson(result, 1);
  EXPECT_THAT(json, HasSubstr("\"verdict\": \"worse\""));
  EXPECT_THAT(json, HasSubstr("\"exit_code\": 1"));
  EXPECT_THAT(json, Not(HasSubstr("\xff")));
}

}  // namespace
}  // namespace pmubench::compare
