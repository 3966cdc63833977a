#include "branches/advice.h"

#include <gtest/gtest.h>

namespace pmubench {
namespace {

AdviceInput Input(std::map<std::string, double> metrics) { return {std::move(metrics), {}, 4}; }

TEST(Advise, LayoutByArmsThresholds) {
  // Arm's published example: 55.7 % front-end bound, 60 L1I misses and 16.6 branch misses a
  // thousand instructions; BOLT doubled its speed.
  EXPECT_EQ(
      Advise(Input({{"frontend_bound", 55.7}, {"l1i_mpki", 60}, {"branch_mpki", 16.6}})).layout,
      Outlook::kLikely);
  EXPECT_EQ(Advise(Input({{"frontend_bound", 9.9}, {"l1i_mpki", 60}})).layout, Outlook::kUnlikely);
  EXPECT_EQ(Advise(Input({{"frontend_bound", 20}, {"l1i_mpki", 5}})).layout, Outlook::kPossible);
}

TEST(Advise, LayoutByIntelsTree) {
  EXPECT_EQ(Advise(Input({{"frontend_bound", 16},
                          {"fetch_latency", 11},
                          {"icache_misses", 6},
                          {"l1i_mpki", 20}}))
                .layout,
            Outlook::kLikely);
}

// The catalogue's metric is a share of front-end bound: 70 % of 16 % are 11.2 % of all slots.
TEST(Advise, FetchLatencyFromItsShareOfFrontEndBound) {
  const auto outlook = [](double share) {
    return Advise(Input({{"frontend_bound", 16},
                         {"frontend_latency_bound", share},
                         {"icache_misses", 6},
                         {"l1i_mpki", 20}}))
        .layout;
  };
  EXPECT_EQ(outlook(70), Outlook::kLikely);
  EXPECT_EQ(outlook(60), Outlook::kPossible);
}

TEST(Advise, CompilerByTakenBranchesAlone) {
  // No L1I miss at all and a front end that keeps up: layout gains nothing, the compiler may.
  const Advice parser =
      Advise(Input({{"frontend_bound", 3}, {"l1i_mpki", 0}, {"taken_branches_pki", 151}}));
  EXPECT_EQ(parser.layout, Outlook::kUnlikely);
  EXPECT_EQ(parser.compiler, Outlook::kLikely);
  EXPECT_EQ(Advise(Input({{"taken_branches_pki", 100}})).compiler, Outlook::kPossible);
  EXPECT_EQ(Advise(Input({{"taken_branches_pki", 50}, {"backend_bound", 70}})).compiler,
            Outlook::kUnlikely);
}

/// All that an advice says.
std::string Said(const Advice& advice) {
  std::string said = ToString(advice.layout) + ToString(advice.compiler);
  for (const AdviceFinding& finding : advice.findings) {
    said += finding.metric + (finding.value ? std::to_string(*finding.value) : "-");
  }
  return said;
}

TEST(Advise, EveryMetricThatIsNamedAsUsedIs) {
  for (const std::string& name : AdviceMetrics()) {
    std::map<std::string, double> others;
    // A share of it.
    if (name == "frontend_latency_bound") others["frontend_bound"] = 20;
    std::map<std::string, double> with = others;
    with[name] = 60;
    EXPECT_NE(Said(Advise(Input(with))), Said(Advise(Input(others)))) << name;
  }
  std::map<std::string, double> all;
  for (const std::string& name : AdviceMetrics()) all[name] = 60;
  for (const AdviceFinding& finding : Advise(Input(all)).findings) {
    EXPECT_TRUE(finding.value) << finding.metric << " is used and not named";
  }
}

TEST(Advise, WidthMovesTheLimit) {
  AdviceInput input = Input({{"taken_branches_pki", 1000.0 / 10}});
  EXPECT_EQ(Advise(input).compiler, Outlook::kPossible);  // 10 > 9
  input.width = 6;
  EXPECT_EQ(Advise(input).compiler, Outlook::kLikely);  // 10 < 13
}

TEST(Advise, WhatIsMissingIsSaid) {
  AdviceInput input;
  input.missing["l1i_mpki"] = "no PMU";
  const Advice advice = Advise(input);
  EXPECT_EQ(advice.layout, Outlook::kUnknown);
  EXPECT_EQ(advice.compiler, Outlook::kUnknown);
  bool said = false;
  for (const std::string& line : advice.not_known) said = said || line == "L1I misses: no PMU";
  EXPECT_TRUE(said);
  for (const AdviceFinding& finding : advice.findings) EXPECT_FALSE(finding.source.empty());
}

TEST(Advise, StalledCyclesStandIn) {
  const Advice advice = Advise(Input({{"frontend_stalled_cycles", 40}, {"l1i_mpki", 50}}));
  EXPECT_EQ(advice.layout, Outlook::kLikely);
  EXPECT_FALSE(advice.not_known.empty());
}

}  // namespace
}  // namespace pmubench
