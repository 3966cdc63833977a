#include "reports/pages/night_verdict.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "reports/pages/pages.h"

namespace pmubench::pages {
namespace {

using history::Rerun;
using testing::HasSubstr;
using testing::Not;

/// Above its band, which is worse, unless said otherwise.
GateFacts Facts(std::optional<Verdict> compared, std::optional<Rerun> rerun) {
  return {compared, false, true, true, true, rerun};
}

TEST(JudgeGate, WithoutABandTheComparisonDecides) {
  GateFacts facts = Facts(Verdict::kRegression, std::nullopt);
  facts.has_band = facts.outside = false;
  EXPECT_EQ(JudgeGate(facts), Verdict::kRegression);
  facts.compared.reset();
  EXPECT_EQ(JudgeGate(facts), Verdict::kUnchanged);
}

TEST(JudgeGate, AValueOutsideIsWhatTheRerunSays) {
  EXPECT_EQ(JudgeGate(Facts(Verdict::kRegression, Rerun::kConfirmed)), Verdict::kRegression);
  EXPECT_EQ(JudgeGate(Facts(Verdict::kInconclusive, Rerun::kConfirmed)), Verdict::kRegression);
  EXPECT_EQ(JudgeGate(Facts(std::nullopt, Rerun::kConfirmed)), Verdict::kRegression);
  EXPECT_EQ(JudgeGate(Facts(Verdict::kInconclusive, Rerun::kNoise)), Verdict::kUnchanged);
  EXPECT_EQ(JudgeGate(Facts(Verdict::kRegression, Rerun::kNoise)), Verdict::kInconclusive);
  EXPECT_EQ(JudgeGate(Facts(Verdict::kRegression, Rerun::kInconclusive)), Verdict::kInconclusive);
  EXPECT_EQ(JudgeGate(Facts(Verdict::kUnchanged, std::nullopt)), Verdict::kInconclusive);
  GateFacts better = Facts(std::nullopt, Rerun::kConfirmed);
  better.worse = false;
  EXPECT_EQ(JudgeGate(better), Verdict::kImprovement);
}

TEST(JudgeGate, WhatTheBaselineHasTooIsNoNews) {
  const GateFacts facts = Facts(Verdict::kUnchanged, Rerun::kConfirmed);
  EXPECT_EQ(JudgeGate(facts), Verdict::kUnchanged);
  EXPECT_THAT(DescribeGate(facts, "cpu_time", "ns", history::Band{90, 100, 110, 9}, true),
              HasSubstr("an earlier change"));
}

TEST(JudgeGate, ADifferenceInsideOfTheBandIsWhatNightsDifferBy) {
  GateFacts facts = Facts(Verdict::kRegression, std::nullopt);
  facts.outside = false;
  EXPECT_EQ(JudgeGate(facts), Verdict::kInconclusive);
  EXPECT_THAT(DescribeGate(facts, "cpu_time", "ns", history::Band{90, 100, 110, 9}, false),
              HasSubstr("inside its band, 90.00 ns to 110.0 ns"));
  facts.compared = Verdict::kUnchanged;
  EXPECT_EQ(JudgeGate(facts), Verdict::kUnchanged);
}

TEST(JudgeGate, LaunchesInTurnsDecideByThemselves) {
  GateFacts facts = Facts(Verdict::kRegression, Rerun::kNoise);
  facts.in_turns = true;
  EXPECT_EQ(JudgeGate(facts), Verdict::kRegression);
  facts.outside = false;
  EXPECT_EQ(JudgeGate(facts), Verdict::kRegression);
  facts = Facts(Verdict::kInconclusive, Rerun::kConfirmed);
  facts.in_turns = true;
  EXPECT_EQ(JudgeGate(facts), Verdict::kRegression);
}

MetricLine Gate(const std::string& name, Verdict verdict) {
  MetricLine line;
  line.name = name;
  line.unit = name == "instructions" ? "instructions/iteration" : "ns";
  line.gate = line.compared = true;
  line.value = 110;
  line.baseline = 100;
  line.change = 0.1;
  line.verdict = verdict;
  return line;
}

BenchmarkReport Benchmark(const std::string& name, Verdict time, Verdict instructions) {
  BenchmarkReport benchmark{name, Verdict::kUnchanged, "cpu_time +10 %", {}, {}};
  benchmark.metrics = {Gate("cpu_time", time), Gate("instructions", instructions)};
  benchmark.verdict = VerdictOfGates(benchmark);
  return benchmark;
}

/// A clock that is slower: `parse` and the canary take longer, `sort` has more to do as well.
Report SlowNight() {
  Report report;
  report.title = "night";
  report.compared = true;
  report.benchmarks = {Benchmark("canary/core", Verdict::kRegression, Verdict::kUnchanged),
                       Benchmark("parse", Verdict::kRegression, Verdict::kUnchanged),
                       Benchmark("", Verdict::kUnchanged, Verdict::kUnchanged)};
  return report;
}

TEST(SettleEnvironment, BlamesTheMachineForWhatTheCanaryDidToo) {
  Report report = SlowNight();
  report.benchmarks.push_back(Benchmark("sort", Verdict::kRegression, Verdict::kRegression));
  SettleEnvironment(report, false);
  ASSERT_EQ(report.benchmarks.size(), 3U) << "canaries are taken out, and only they";
  EXPECT_EQ(report.canary, CanaryState::kMoved);
  EXPECT_THAT(report.canary_moved, testing::ElementsAre("cpu_time"));
  EXPECT_EQ(report.benchmarks[0].verdict, Verdict::kEnvironment);
  EXPECT_EQ(report.benchmarks[1].verdict, Verdict::kUnchanged);
  EXPECT_EQ(report.benchmarks[2].verdict, Verdict::kRegression)
      << "no clock makes a program execute more instructions";
  EXPECT_EQ(report.benchmarks[2].metrics[0].verdict, Verdict::kEnvironment);
}

TEST(SettleEnvironment, LaunchesInTurnsStand) {
  Report report = SlowNight();
  SettleEnvironment(report, true);
  EXPECT_EQ(report.canary, CanaryState::kMoved);
  EXPECT_EQ(report.benchmarks[0].verdict, Verdict::kRegression);
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_THAT(report.warnings[0], HasSubstr("in turns"));
}

TEST(SettleEnvironment, KnowsWhenACanaryTellsNothing) {
  Report none;
  none.benchmarks = {Benchmark("parse", Verdict::kRegression, Verdict::kUnchanged)};
  SettleEnvironment(none, false);
  EXPECT_EQ(none.canary, CanaryState::kAbsent);
  EXPECT_EQ(none.benchmarks[0].verdict, Verdict::kRegression);

  Report first = SlowNight();
  for (MetricLine& line : first.benchmarks[0].metrics) {
    line.compared = false;
    line.verdict = Verdict::kUnchanged;
  }
  SettleEnvironment(first, false);
  EXPECT_EQ(first.canary, CanaryState::kUnknown);
  EXPECT_EQ(first.benchmarks[0].verdict, Verdict::kRegression);
}

TEST(SettleEnvironment, EveryPageSaysSo) {
  Report report = SlowNight();
  SettleEnvironment(report, false);
  const std::string console = ConsolePage(report, false);
  EXPECT_THAT(console, HasSubstr("environment"));
  EXPECT_THAT(console, HasSubstr("the canary, a fixed program, moved too (cpu_time)"));
  const std::string markdown = MarkdownPage(report);
  EXPECT_THAT(markdown, HasSubstr("#### Changed with the environment"));
  EXPECT_THAT(markdown, Not(HasSubstr("#### Regressions")));
  const std::string html = HtmlPage(report);
  EXPECT_THAT(html, HasSubstr("<article class=\"card environment\""));
  EXPECT_THAT(html, HasSubstr("data-s=environment"));
  const std::string junit = JUnitPage(report);
  EXPECT_THAT(junit, HasSubstr("failures=\"0\" errors=\"0\" skipped=\"1\""));
  EXPECT_THAT(junit, HasSubstr("<skipped message=\"environment: cpu_time +10 %"));
  EXPECT_THAT(junit, HasSubstr("<property name=\"canary\" value=\"moved cpu_time\"/>"));
  EXPECT_THAT(junit, HasSubstr("<system-out>the canary"));
  const std::string metrics = OpenMetricsPage(report);
  EXPECT_THAT(metrics, HasSubstr("pmubench_canary_moved{} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("pmubench_environment{benchmark=\"parse\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("pmubench_regression{benchmark=\"parse\"} 0\n"));
  const auto json = nlohmann::json::parse(JsonPage(report));
  EXPECT_EQ(json["canary"], "moved");
  EXPECT_EQ(json["canary_moved"][0], "cpu_time");
  EXPECT_EQ(json["summary"]["environment"], 1);
  EXPECT_EQ(json["benchmarks"][0]["verdict"], "environment");
}

}  // namespace
}  // namespace pmubench::pages
