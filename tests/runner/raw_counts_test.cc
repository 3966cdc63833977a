#include "runner/gbench/raw_counts.h"

#include <gtest/gtest.h>

#include "runner/gbench/instance.h"
#include "runner/gbench/session.h"

namespace pmubench::gbench {
namespace {

Repetition Counted(int pass, double count, double threads = 1) {
  Repetition repetition;
  repetition.run.run_name.function_name = "BM";
  repetition.run.threads = 1;
  repetition.run.iterations = 10;
  repetition.run.repetitions = 4;
  repetition.run.real_accumulated_time = 2;
  RawCounts raw;
  raw.pass = pass;
  raw.threads = threads;
  raw.iterations = 10;
  raw.events["E" + std::to_string(pass)] = {count, 100, 100};
  repetition.raw.push_back(raw);
  return repetition;
}

TEST(RawCounts, AreTakenOutAndTheBenchmarksOwnStay) {
  benchmark::UserCounters counters;
  counters["mine"] = 5;
  counters[CounterName(2, "threads")] = 8;
  counters[CounterName(2, "iterations")] = 1000;
  counters[CounterName(2, "n:L1D:odd name")] = 42;
  counters[CounterName(2, "e:L1D:odd name")] = 7;
  counters[CounterName(2, "r:L1D:odd name")] = 6;
  const auto raw = TakeRawCounts(counters);
  ASSERT_EQ(raw.size(), 1u);
  EXPECT_EQ(raw[0].pass, 2);
  EXPECT_EQ(raw[0].threads, 8);
  EXPECT_EQ(raw[0].events.at("L1D:odd name").count, 42);
  EXPECT_EQ(raw[0].events.at("L1D:odd name").time_running_ns, 6);
  ASSERT_EQ(counters.size(), 1u);
  EXPECT_EQ(counters.begin()->first, "mine");
}

TEST(Instance, CoverageNeedsEveryThread) {
  Instance instance;
  instance.repetitions.push_back(Counted(0, 1));
  instance.repetitions.push_back(Counted(1, 1, /*threads=*/0.5));
  EXPECT_TRUE(instance.Covers(0));
  EXPECT_FALSE(instance.Covers(1));
  EXPECT_FALSE(instance.Covers(2));
}

TEST(Instance, RoundsHoldEveryPassOnce) {
  Instance instance;
  for (const int pass : {1, 0, 1, 0}) instance.repetitions.push_back(Counted(pass, 1));
  const auto rounds = instance.Rounds(2);
  ASSERT_EQ(rounds.size(), 2u);
  for (const auto& round : rounds) {
    ASSERT_EQ(round.size(), 2u);
    EXPECT_NE(round[0]->raw[0].pass, round[1]->raw[0].pass);
  }
  const auto merged = MergeRound(rounds[0]);
  EXPECT_EQ(merged.iterations, 20);
  EXPECT_DOUBLE_EQ(merged.real_accumulated_time, 4);
}

TEST(Instance, TellsTheUsersRepetitionsFromOurs) {
  Instance instance;
  instance.repetitions.push_back(Counted(0, 1));  // made 4 times
  EXPECT_EQ(instance.AskedRepetitions(2, 2), 2);
  EXPECT_EQ(instance.AskedRepetitions(1, 3), 4);  // the benchmark's own Repetitions(4)
}

}  // namespace
}  // namespace pmubench::gbench
