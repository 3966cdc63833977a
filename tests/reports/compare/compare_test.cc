#include "reports/compare/compare.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <random>

namespace pmubench::compare {
namespace {

using statistics::MetricClass;
using statistics::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Launches of simulated benchmarks: a layout offset of 1 % a launch, 0.5 % a repetition.
class Machine {
 public:
  explicit Machine(std::uint64_t seed) : random_(seed) {}

  // `level` of each benchmark in ns.
  std::vector<Launch> Launches(std::size_t count, const std::map<std::string, double>& level,
                               std::size_t repetitions = 5) {
    std::vector<Launch> launches(count);
    for (Launch& launch : launches) {
      launch.fingerprint["machine id"] = "1";
      for (const auto& [name, time] : level) {
        const double offset = 0.01 * gaussian_(random_);
        for (std::size_t i = 0; i < repetitions; ++i) {
          launch.values[name]["real_time"].push_back(time *
                                                     (1 + offset + 0.005 * gaussian_(random_)));
        }
      }
    }
    return launches;
  }

  void Add(std::vector<Launch>& launches, const std::string& metric, double level,
           double deviation) {
    for (Launch& launch : launches) {
      for (auto& [name, metrics] : launch.values) {
        metrics[metric] = {level * (1 + deviation * gaussian_(random_))};
      }
    }
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> gaussian_;
};

std::map<std::string, double> Benchmarks(int count, double level = 100) {
  std::map<std::string, double> levels;
  for (int i = 0; i < count; ++i) levels["b" + std::to_string(i)] = level;
  return levels;
}

TEST(Compare, FindsWhatChangedAndWhatDidNot) {
  Machine machine(1);
  auto levels = Benchmarks(10);
  const auto base = machine.Launches(12, levels);
  levels["b3"] *= 1.05;
  levels["b7"] *= 0.95;
  const auto result = Compare(base, machine.Launches(12, levels));
  ASSERT_TRUE(result.ok());
  ASSERT_THAT(result->benchmarks, SizeIs(10));
  EXPECT_EQ(result->family, 10u);
  for (const auto& benchmark : result->benchmarks) {
    const bool worse = benchmark.name == "b3";
    const bool better = benchmark.name == "b7";
    EXPECT_EQ(benchmark.verdict == Verdict::kWorse, worse) << benchmark.name;
    EXPECT_EQ(benchmark.verdict == Verdict::kBetter, better) << benchmark.name;
    ASSERT_TRUE(benchmark.metrics[0].detectable);
    EXPECT_GT(*benchmark.metrics[0].detectable, 0.01);
    EXPECT_LT(*benchmark.metrics[0].detectable, 0.05);
  }
  EXPECT_EQ(CompareExitCode(*result, false), 1);
}

TEST(Compare, OneLaunchASideDecidesNothing) {
  Machine machine(2);
  const auto result =
      Compare(machine.Launches(1, Benchmarks(1), 20), machine.Launches(1, Benchmarks(1, 150), 20));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->benchmarks[0].verdict, Verdict::kTooFew);
  EXPECT_THAT(result->benchmarks[0].metrics[0].reason, HasSubstr("launches"));
  EXPECT_EQ(CompareExitCode(*result, false), 3);
}

TEST(Compare, InstructionsDecideAfterThreeLaunches) {
  Machine machine(3);
  auto base = machine.Launches(3, Benchmarks(1));
  auto now = machine.Launches(3, Benchmarks(1));
  machine.Add(base, "instructions", 1e6, 1e-5);
  machine.Add(now, "instructions", 1.01e6, 1e-5);
  const auto result = Compare(base, now);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->benchmarks[0].verdict, Verdict::kWorse);
  EXPECT_EQ(result->benchmarks[0].Find("instructions")->kind.metric_class, MetricClass::kNearExact);
  for (auto* side : {&base, &now}) {
    for (Launch& launch : *side) launch.scaled.insert("instructions");
  }
  const auto scaled = Compare(base, now);
  EXPECT_EQ(scaled->benchmarks[0].Find("instructions")->kind.metric_class, MetricClass::kTiming);
  EXPECT_EQ(scaled->benchmarks[0].verdict, Verdict::kTooFew);
}

TEST(Compare, OtherMetricsAreTestedOnlyWhereSomethingChanged) {
  Machine machine(4);
  auto levels = Benchmarks(2);
  auto base = machine.Launches(12, levels);
  levels["b1"] *= 1.1;
  auto now = machine.Launches(12, levels);
  machine.Add(base, "llc_mpki", 2, 0.02);
  machine.Add(now, "llc_mpki", 3, 0.02);
  const auto result = Compare(base, now);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->family, 2u);
  EXPECT_EQ(result->benchmarks[0].Find("llc_mpki"), nullptr);
  const MetricComparison* misses = result->benchmarks[1].Find("llc_mpki");
  ASSERT_NE(misses, nullptr);
  EXPECT_FALSE(misses->gate);
  EXPECT_EQ(misses->verdict, Verdict::kWorse);
  EXPECT_NEAR(*misses->evidence.ratio, 1.5, 0.05);
}

TEST(Compare, RefusesOtherMachinesUnlessAsked) {
  Machine machine(5);
  const auto base = machine.Launches(12, Benchmarks(1));
  auto now = machine.Launches(12, Benchmarks(1));
  for (Launch& launch : now) launch.fingerprint["machine id"] = "2";
  EXPECT_THAT(Compare(base, now).error().message, HasSubstr("machine id '1' against '2'"));
  CompareOptions options;
  options.allow_fingerprint_mismatch = true;
  const auto result = Compare(base, now, options);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->fingerprint_differences, SizeIs(1));
}

TEST(Compare, SaysWhatDiffersBesideTheProgram) {
  Machine machine(6);
  auto base = machine.Launches(2, Benchmarks(1));
  auto now = machine.Launches(2, Benchmarks(1));
  base[0].remarks["kernel"] = "6.1";
  now[0].remarks["kernel"] = "6.2";
  now[1].incomplete = "interrupted";
  now[1].source = "two.json";
  const auto result = Compare(base, now);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->remarks, ElementsAre(HasSubstr("two.json is interrupted"),
                                           HasSubstr("kernel is not the same")));
}

TEST(Compare, AddedRemovedAndFailedBenchmarks) {
  Machine machine(7);
  auto base = machine.Launches(12, {{"kept", 10}, {"gone", 10}, {"broken", 10}});
  auto now = machine.Launches(12, {{"kept", 10}, {"fresh", 10}});
  now[0].failed["broken"] = "segmentation fault";
  const auto result = Compare(base, now);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->benchmarks, SizeIs(1));
  EXPECT_THAT(result->removed, ElementsAre("gone"));
  EXPECT_THAT(result->added, ElementsAre("fresh"));
  ASSERT_THAT(result->not_measured, SizeIs(1));
  EXPECT_EQ(result->not_measured[0].reason, "segmentation fault");
  EXPECT_EQ(result->not_measured[0].side, "new");
  EXPECT_EQ(CompareExitCode(*result, false), 3);
}

TEST(Compare, NothingInCommonIsNoPass) {
  Machine machine(8);
  const auto result = Compare(machine.Launches(12, {{"a", 1}}), machine.Launches(12, {{"b", 1}}));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(CompareExitCode(*result, false), 3);
}

TEST(Compare, HistoricNoiseRaisesTheFloor) {
  Machine machine(9);
  const auto base = machine.Launches(12, Benchmarks(1));
  const auto now = machine.Launches(12, Benchmarks(1, 105));
  CompareOptions options;
  options.historic_noise = [](const std::string&, const std::string&) { return 0.03; };
  const auto result = Compare(base, now, options);
  EXPECT_DOUBLE_EQ(result->benchmarks[0].metrics[0].floor, 0.09);
  EXPECT_EQ(result->benchmarks[0].verdict, Verdict::kEquivalent);
}

TEST(Compare, GatesCanBeChosen) {
  Machine machine(10);
  auto base = machine.Launches(12, Benchmarks(1));
  auto now = machine.Launches(12, Benchmarks(1));
  machine.Add(base, "allocs_per_iter", 3, 0);
  machine.Add(now, "allocs_per_iter", 4, 0);
  EXPECT_NE(Compare(base, now)->benchmarks[0].verdict, Verdict::kWorse);
  CompareOptions options;
  options.gates = {"allocs_per_iter"};
  EXPECT_EQ(Compare(base, now, options)->benchmarks[0].verdict, Verdict::kWorse);
  options.gates = {"nonsense"};
  const auto none = Compare(base, now, options);
  EXPECT_THAT(none->not_measured, SizeIs(1));
  EXPECT_EQ(CompareExitCode(*none, false), 3);
}

// Nothing changed and no floor helps: of comparisons of 20 benchmarks a nominal 5 % have any false
// verdict by launches (10 of 200, within three standard deviations); by repetitions most have.
TEST(Compare, LaunchesKeepTheFalseAlarmRateAndRepetitionsDoNot) {
  constexpr int kTrials = 200;
  int by_launch = 0;
  int by_repetition = 0;
  CompareOptions plain;
  plain.floors[MetricClass::kTiming] = 0;
  CompareOptions pooled = plain;
  pooled.pool_repetitions = true;
  Machine machine(11);
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto base = machine.Launches(12, Benchmarks(20));
    const auto now = machine.Launches(12, Benchmarks(20));
    const auto alarms = [](const CompareResult& result) {
      return result.Count(Verdict::kWorse) + result.Count(Verdict::kBetter) > 0 ? 1 : 0;
    };
    by_launch += alarms(*Compare(base, now, plain));
    if (trial < 20) by_repetition += alarms(*Compare(base, now, pooled));
  }
  EXPECT_LE(by_launch, 19);
  EXPECT_GE(by_repetition, 15);
}

// Inputs of Google Benchmark's own compare tool.
TEST(Compare, ReadsGoogleBenchmarksJson) {
  const std::filesystem::path folder =
      std::filesystem::path(PMUBENCH_SOURCE_DIR) / "../shared/data/compare";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no recordings at " << folder;
  const auto base = ReadLaunches({(folder / "test1_run1.json").string()});
  const auto now = ReadLaunches({(folder / "test1_run2.json").string()});
  ASSERT_TRUE(base.ok() && now.ok());
  const auto result = Compare(*base, *now);
  ASSERT_TRUE(result.ok());
  EXPECT_GT(result->benchmarks.size(), 5u);
  EXPECT_EQ(result->Count(Verdict::kWorse), 0u);
  EXPECT_EQ(CompareExitCode(*result, false), 3);
}

TEST(TimeMetric, IsWhatTheBenchmarkIsTimedBy) {
  EXPECT_EQ(TimeMetric("a", {{"real_time", {1}}, {"cpu_time", {1}}}), "cpu_time");
  EXPECT_EQ(TimeMetric("a/real_time", {{"real_time", {1}}, {"cpu_time", {1}}}), "real_time");
  EXPECT_EQ(TimeMetric("a/manual_time", {{"real_time", {1}}, {"cpu_time", {1}}}), "real_time");
  EXPECT_EQ(TimeMetric("a", {{"real_time", {1}}, {"cpu_time", {0}}}), "real_time");
  EXPECT_EQ(TimeMetric("a", {{"wall_time", {1}}}), "wall_time");
}

TEST(Compare, PairsSeeThroughADriftOfBothSides) {
  Machine machine(13);
  auto base = machine.Launches(12, Benchmarks(2));
  auto now = base;
  for (std::size_t i = 0; i < base.size(); ++i) {
    const double drift = 1 + 0.05 * static_cast<double>(i);
    for (double& time : base[i].values["b0"]["real_time"]) time *= drift;
    for (double& time : now[i].values["b0"]["real_time"]) time *= drift * 1.02;
  }
  CompareOptions options;
  EXPECT_EQ(Compare(base, now, options)->Count(Verdict::kWorse), 0u);
  options.paired = true;
  const auto result = Compare(base, now, options);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->paired);
  EXPECT_EQ(result->benchmarks[0].verdict, Verdict::kWorse);
  EXPECT_NEAR(*result->benchmarks[0].metrics[0].evidence.ratio, 1.02, 1e-9);
  EXPECT_EQ(result->benchmarks[1].verdict, Verdict::kEquivalent);
}

TEST(Compare, APairNeedsBothItsValues) {
  Machine machine(14);
  auto base = machine.Launches(8, Benchmarks(2));
  auto now = machine.Launches(8, Benchmarks(2));
  base[1].values.erase("b0");
  now[6].values.erase("b0");
  CompareOptions options;
  options.paired = true;
  const auto result = Compare(base, now, options);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->benchmarks[0].metrics[0].evidence.base_launches, 6u);
  EXPECT_EQ(result->benchmarks[0].metrics[0].evidence.new_launches, 6u);
  EXPECT_EQ(result->benchmarks[1].metrics[0].evidence.base_launches, 8u);
  now.pop_back();
  EXPECT_FALSE(Compare(base, now, options).ok());
}

TEST(CompareExitCode, StrictWantsADecision) {
  Machine machine(12);
  // The interval of so few launches is wider than the floor.
  const auto result =
      Compare(machine.Launches(5, Benchmarks(1)), machine.Launches(5, Benchmarks(1)));
  ASSERT_EQ(result->benchmarks[0].verdict, Verdict::kInconclusive);
  EXPECT_EQ(CompareExitCode(*result, false), 0);
  EXPECT_EQ(CompareExitCode(*result, true), 3);
}

}  // namespace
}  // namespace pmubench::compare
