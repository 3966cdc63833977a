// Verdicts on counts made up so that the answer is known.
#include "validate/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pmubench {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kSteps = 1000;

/// Counts of `per_step` and a constant, each run repeated.
LengthCounts Counts(double per_step, double constant = 0, std::size_t repeats = 5) {
  LengthCounts counts;
  for (std::size_t i = 0; i < kLengths.size(); ++i) {
    const double count = constant + per_step * static_cast<double>(kSteps * kLengths[i]);
    counts[i].assign(repeats, static_cast<std::uint64_t>(count));
  }
  return counts;
}

const Truth kTen{TruthKind::kExactly, 10, 0};

TEST(JudgeTest, ExactToAConstant) {
  const EventVerdict verdict = Judge(kTen, kSteps, Counts(10, 37));
  EXPECT_EQ(verdict.kind, EventVerdictKind::kExact);
  EXPECT_EQ(verdict.constant, 37);
  EXPECT_EQ(verdict.expected, 30'000);
  EXPECT_EQ(verdict.error, 0);
}

TEST(JudgeTest, OneDisturbedRunIsNoError) {
  LengthCounts counts = Counts(10, 3);
  counts[0][2] += 999;
  counts[2][4] += 5000;
  EXPECT_EQ(Judge(kTen, kSteps, counts).kind, EventVerdictKind::kExact);
}

TEST(JudgeTest, WithinOnePercent) {
  EXPECT_EQ(Judge(kTen, kSteps, Counts(10.09)).kind, EventVerdictKind::kWithin);
  EXPECT_EQ(Judge(kTen, kSteps, Counts(9.91)).kind, EventVerdictKind::kWithin);
  EXPECT_NE(Judge(kTen, kSteps, Counts(10.11)).kind, EventVerdictKind::kWithin);
}

TEST(JudgeTest, ALoopsOwnToleranceWidensTheLimit) {
  const Truth half{TruthKind::kExactly, 0.5, 0.05};
  EXPECT_EQ(Judge(half, kSteps, Counts(0.52)).kind, EventVerdictKind::kWithin);
  EXPECT_EQ(Judge(half, kSteps, Counts(0.53)).kind, EventVerdictKind::kOver);
}

TEST(JudgeTest, NamesTheFactor) {
  const EventVerdict over = Judge(kTen, kSteps, Counts(20));
  EXPECT_EQ(over.kind, EventVerdictKind::kOver);
  EXPECT_EQ(over.detail, "over-counts by a factor of 2");
  const EventVerdict under = Judge(kTen, kSteps, Counts(2.5));
  EXPECT_EQ(under.kind, EventVerdictKind::kUnder);
  EXPECT_EQ(under.detail, "under-counts by a factor of 4");
  EXPECT_TRUE(over.wrong() && under.wrong());
}

TEST(JudgeTest, DeadIsZeroInEveryRun) {
  for (const TruthKind kind :
       {TruthKind::kExactly, TruthKind::kProportional, TruthKind::kAtLeast}) {
    const EventVerdict verdict = Judge({kind, 1, 0.1}, kSteps, Counts(0));
    EXPECT_TRUE(verdict.dead());
    EXPECT_THAT(verdict.detail, HasSubstr("3000"));
  }
  LengthCounts once = Counts(0);
  once[1][0] = 1;
  EXPECT_FALSE(Judge(kTen, kSteps, once).dead());
  EXPECT_TRUE(Judge(kTen, kSteps, once).wrong());
}

// Nobody knows a core's cycles for a step, but they are the same for each and not below a latency.
TEST(JudgeTest, ProportionalIsTheSameAtEveryLength) {
  const Truth cycles{TruthKind::kProportional, 8, 0};
  const EventVerdict exact = Judge(cycles, kSteps, Counts(40, 12));
  EXPECT_EQ(exact.kind, EventVerdictKind::kExact);
  EXPECT_EQ(exact.constant, 12);
  EXPECT_EQ(Judge(cycles, kSteps, Counts(4)).kind, EventVerdictKind::kUnder);
  LengthCounts bent = Counts(40);
  for (auto& count : bent[2]) count = count * 2;
  EXPECT_EQ(Judge(cycles, kSteps, bent).kind, EventVerdictKind::kOver);
}

TEST(JudgeTest, AtLeastDoesNotSayHowMuchIsRight) {
  const Truth stalls{TruthKind::kAtLeast, 0.25, 0};
  EXPECT_EQ(Judge(stalls, kSteps, Counts(7)).kind, EventVerdictKind::kCounts);
  EXPECT_EQ(Judge(stalls, kSteps, Counts(0.01)).kind, EventVerdictKind::kUnder);
}

}  // namespace
}  // namespace pmubench
