#include "reports/history/nightly.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "reports/history/level_change.h"
#include "reports/pages/assemble.h"
#include "reports/pages/night_verdict.h"
#include "reports/store/sample_runs.h"
#include "test_folder.h"

namespace pmubench::history {
namespace {

using pages::Verdict;

/// 60 runs of benchmarks b0, b1, ... of 1 % noise, stepping by `step` at run `at` for those named.
struct Shape {
  int benchmarks = 4;
  std::size_t at = 50;
  double step = 0.1;
  int stepping = 1;
  bool canary = false, canary_steps = false;
};

constexpr std::size_t kRuns = 60;

SeriesTable Table(const Shape& shape, unsigned seed = 1) {
  SeriesTable table;
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise(0, 0.01);
  for (std::size_t run = 0; run < kRuns; ++run) {
    table.runs.push_back(store::SampleRun(static_cast<unsigned>(run), {1, 1, false}).info);
  }
  const auto add = [&](const std::string& name, bool steps) {
    BenchmarkSeries benchmark;
    benchmark.benchmark = name;
    MetricSeries time{{"real_time", "ns"}, {}};
    MetricSeries misses{{"llc_mpki", "misses/1000 instructions"}, {}};
    for (std::size_t run = 0; run < kRuns; ++run) {
      time.values.push_back(100 * (1 + noise(random)) *
                            (steps && run >= shape.at ? 1 + shape.step : 1));
      misses.values.push_back(3 * (1 + noise(random)));
    }
    benchmark.metrics = {time, misses};
    benchmark.last_run = kRuns - 1;
    table.benchmarks.push_back(std::move(benchmark));
  };
  for (int i = 0; i < shape.benchmarks; ++i) add("b" + std::to_string(i), i < shape.stepping);
  if (shape.canary) add("canary/compute", shape.canary_steps);
  return table;
}

pages::Report ReportOf(const SeriesTable& table) {
  pages::Report report;
  for (const BenchmarkSeries& benchmark : table.benchmarks) {
    pages::BenchmarkReport one{benchmark.benchmark, Verdict::kUnchanged, "", {}, {}};
    for (const MetricSeries& metric : benchmark.metrics) {
      pages::MetricLine line;
      line.name = metric.metric.name;
      line.unit = metric.metric.unit;
      line.value = metric.values.back();
      one.metrics.push_back(line);
    }
    report.benchmarks.push_back(one);
  }
  pages::AddNight(table, AnalyzeNight(table), {20}, report);
  pages::SettleEnvironment(report, false);
  return report;
}

TEST(Nightly, FindsAStepAndItsPlace) {
  const SeriesTable table = Table({});
  const Nightly night = AnalyzeNight(table);
  ASSERT_EQ(night.events.size(), 1U);
  EXPECT_NEAR(static_cast<double>(night.events[0].first_run), 50, 2);
  EXPECT_EQ(night.events[0].Benchmarks(), 1U);
  ASSERT_TRUE(night.series[0].band);
  EXPECT_NEAR(night.series[0].band->center, 110, 2) << "the band is that of the new level";
  EXPECT_EQ(night.series[0].tonight, Side::kInside);
  EXPECT_NEAR(*night.series[0].noise, 0.01, 0.008);
  EXPECT_EQ(ReportOf(table).canary, pages::CanaryState::kAbsent);
}

TEST(Nightly, IsTheSameWithAnyNumberOfThreads) {
  const SeriesTable table = Table({.benchmarks = 30, .stepping = 5});
  NightlyOptions one, four;
  one.threads = 1;
  four.threads = 4;
  const Nightly a = AnalyzeNight(table, one), b = AnalyzeNight(table, four);
  ASSERT_EQ(a.series.size(), b.series.size());
  for (std::size_t i = 0; i < a.series.size(); ++i) {
    ASSERT_EQ(a.series[i].points.size(), b.series[i].points.size());
    EXPECT_EQ(a.series[i].segment, b.series[i].segment);
  }
  EXPECT_EQ(a.events.size(), b.events.size());
}

TEST(Nightly, IsQuietOnNoise) {
  std::size_t events = 0, outside = 0;
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Nightly night = AnalyzeNight(Table({.benchmarks = 100, .stepping = 0}, seed));
    events += night.events.size();
    for (const SeriesState& state : night.series) outside += state.tonight != Side::kInside ? 1 : 0;
  }
  EXPECT_LE(events, 1U) << "in 500 series without a step";
  EXPECT_LE(outside, 20U) << "of 1,000 values";
}

TEST(Nightly, AStepForTheWorseIsARegressionAndOneForTheBetterIsNot) {
  const pages::Report worse = ReportOf(Table({}));
  EXPECT_EQ(worse.benchmarks[0].verdict, Verdict::kRegression);
  EXPECT_THAT(worse.benchmarks[0].explanation, testing::HasSubstr("real_time stepped +"));
  EXPECT_EQ(pages::CountOf(worse, Verdict::kUnchanged), 3U);
  EXPECT_EQ(ReportOf(Table({.step = -0.1})).benchmarks[0].verdict, Verdict::kImprovement);
}

TEST(Nightly, AStepIsExplainedByWhatElseChangedWithIt) {
  SeriesTable table = Table({});
  std::vector<MetricSeries>& metrics = table.benchmarks[0].metrics;
  for (std::size_t run = 50; run < kRuns; ++run) metrics[1].values[run] *= 1.5;
  MetricSeries instructions{{"instructions", "instructions/iteration"}, {}};
  for (std::size_t run = 0; run < kRuns; ++run) {
    instructions.values.push_back(1000 + static_cast<double>(run % 2));
  }
  metrics.push_back(instructions);
  table.benchmarks[0].latest.resize(3);
  table.benchmarks[0].reasons.resize(3);
  const compare::BenchmarkComparison levels = CompareLevels(table.benchmarks[0], 0, 50);
  EXPECT_EQ(levels.verdict, statistics::Verdict::kWorse);
  EXPECT_EQ(levels.metrics[0].evidence.base_launches, 30U) << "no older nights than that";
  EXPECT_EQ(levels.metrics[0].evidence.new_launches, 10U);
  const std::string why = ReportOf(table).benchmarks[0].explanation;
  EXPECT_THAT(why, testing::ContainsRegex("Since then: real_time .*llc_mpki \\+[45][0-9] %"));
  EXPECT_THAT(why, testing::ContainsRegex("instructions (0|[+-]0\\.0[0-9]*) %"));
}

TEST(Nightly, AnOldStepIsNoNews) {
  EXPECT_EQ(pages::CountOf(ReportOf(Table({.at = 20})), Verdict::kUnchanged), 4U);
}

TEST(Nightly, WhereTheCanaryStepsItIsTheEnvironment) {
  Shape shape{.stepping = 4, .canary = true, .canary_steps = true};
  const Nightly night = AnalyzeNight(Table(shape));
  ASSERT_EQ(night.events.size(), 1U);
  EXPECT_TRUE(night.events[0].environment);
  shape.canary_steps = false;
  EXPECT_FALSE(AnalyzeNight(Table(shape)).events[0].environment);
  EXPECT_EQ(pages::CountOf(ReportOf(Table(shape)), Verdict::kRegression), 4U);
  shape.canary_steps = true;
  EXPECT_EQ(pages::CountOf(ReportOf(Table(shape)), Verdict::kRegression), 0U);
  EXPECT_EQ(pages::CountOf(ReportOf(Table(shape)), Verdict::kEnvironment), 4U);
  shape.canary_steps = false;
  EXPECT_EQ(ReportOf(Table(shape)).canary, pages::CanaryState::kStable);

  // Tonight alone: a value outside of its band, and the canary's too.
  SeriesTable tonight = Table({.stepping = 0, .canary = true});
  tonight.benchmarks[1].metrics[0].values.back() = 200;
  EXPECT_EQ(ReportOf(tonight).benchmarks[1].verdict, Verdict::kInconclusive);
  tonight.benchmarks.back().metrics[0].values.back() = 200;
  const pages::Report moved = ReportOf(tonight);
  EXPECT_EQ(moved.canary, pages::CanaryState::kMoved);
  EXPECT_EQ(moved.benchmarks.size(), 4U) << "the canary is none of them";
  EXPECT_EQ(moved.benchmarks[1].verdict, Verdict::kEnvironment);
  EXPECT_FALSE(moved.warnings.empty());
}

TEST(Nightly, TellsWhatCameAndWent) {
  SeriesTable table = Table({.stepping = 0});
  table.benchmarks[0].first_run = kRuns - 1;
  table.benchmarks[1].last_run = kRuns - 2;
  const pages::Report report = ReportOf(table);
  EXPECT_EQ(report.benchmarks[0].verdict, Verdict::kAdded);
  EXPECT_EQ(report.benchmarks[1].verdict, Verdict::kRemoved);
}

TEST(Nightly, SaysOfAYoungHistoryThatItJudgedNothing) {
  SeriesTable table = Table({.stepping = 0});
  const auto keep_last = [&](BenchmarkSeries& benchmark, std::size_t nights) {
    auto& values = benchmark.metrics[0].values;
    std::fill(values.begin(), values.end() - static_cast<std::ptrdiff_t>(nights), std::nan(""));
  };
  EXPECT_TRUE(ReportOf(table).warnings.empty());
  keep_last(table.benchmarks[0], 6);
  EXPECT_TRUE(ReportOf(table).warnings.empty()) << "five values before tonight's make a band";
  keep_last(table.benchmarks[0], 5);
  const pages::Report report = ReportOf(table);
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_THAT(report.warnings[0],
              testing::StartsWith(fmt::format("1 of {} benchmarks have fewer than 5 earlier values",
                                              table.benchmarks.size())));
}

TEST(Nightly, MissingNightsAreNoSteps) {
  SeriesTable table = Table({.stepping = 0});
  for (std::size_t run = 30; run < kRuns; ++run) {
    table.benchmarks[0].metrics[0].values[run] = std::nan("");
  }
  const Nightly night = AnalyzeNight(table);
  EXPECT_TRUE(night.events.empty());
  EXPECT_EQ(night.series[0].tonight, Side::kInside);
}

TEST(Nightly, ReadsSeriesFromAStore) {
  TestFolder folder;
  auto store = store::OpenStore(folder / "h.db", store::OpenMode::kCreate);
  ASSERT_TRUE(store.ok());
  for (unsigned night = 1; night <= 8; ++night) {
    store::Run run = store::SampleRun(night);
    if (night == 8) run.rows.pop_back();  // a benchmark removed
    ASSERT_TRUE((*store)->Add(run).ok());
  }
  const auto table = ReadSeries(**store, (*store)->Runs({}).value());
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->benchmarks.size(), 5U);
  EXPECT_EQ(table->benchmarks[0].metrics[0].values[7], store::SampleRun(8).rows[0].values[0].value);
  EXPECT_TRUE(std::isnan(table->benchmarks[0].metrics[1].values[3]));
  EXPECT_EQ(table->benchmarks[0].reasons[1], "no such event");
  EXPECT_EQ(table->benchmarks[4].last_run, 6U);
  EXPECT_TRUE(std::isnan(table->benchmarks[4].metrics[0].values[7]));
}

}  // namespace
}  // namespace pmubench::history
