#include "reports/history/rerun.h"

#include <gmock/gmock.h>

#include <cmath>

#include "reports/history/noise.h"
#include "reports/store/sample_runs.h"

namespace pmubench::history {
namespace {

using testing::ElementsAre;

store::Run Night(double parse, double canary) {
  store::Run run;
  run.metrics = {{"real_time", "ns"}};
  run.layouts = {{0}};
  for (const auto& [name, value] : {std::pair{"canary/core", canary}, std::pair{"parse", parse}}) {
    store::Row row;
    row.benchmark = name;
    row.values.push_back({value});
    run.rows.push_back(row);
  }
  return run;
}

/// Ten nights near 100, by at most 2 %, then `tonight`.
SeriesTable TableWith(const store::Run& tonight) {
  SeriesTable table;
  for (int night = 0; night < 10; ++night) {
    AppendRun(Night(100 + night % 3, 50 + 0.5 * (night % 2)), table);
  }
  AppendRun(tonight, table);
  return table;
}

std::vector<compare::Launch> Launches(double time, const std::string& benchmark = "parse") {
  std::vector<compare::Launch> launches(8);
  for (std::size_t i = 0; i < launches.size(); ++i) {
    const double value = time * (1 + 0.001 * static_cast<double>(i));
    launches[i].values[benchmark]["real_time"] = {value, value, 10 * value};
  }
  return launches;
}

TEST(AppendRun, ContinuesEverySeries) {
  SeriesTable table = TableWith(Night(100, 50));
  store::Run other = Night(7, 8);
  other.rows.erase(other.rows.begin());
  other.rows[0].benchmark = "new";
  AppendRun(other, table);
  ASSERT_EQ(table.benchmarks.size(), 3U);
  EXPECT_EQ(table.benchmarks[1].benchmark, "new") << "in order of name";
  EXPECT_EQ(table.benchmarks[1].first_run, 11U);
  ASSERT_EQ(table.benchmarks[1].metrics[0].values.size(), 12U);
  EXPECT_TRUE(std::isnan(table.benchmarks[1].metrics[0].values[10]));
  EXPECT_EQ(table.benchmarks[1].metrics[0].values[11], 7);
  EXPECT_TRUE(std::isnan(table.benchmarks[2].metrics[0].values[11])) << "removed";
  EXPECT_EQ(table.benchmarks[2].last_run, 10U);
  ReplaceLast(Night(3, 4), table);
  EXPECT_EQ(table.benchmarks[2].metrics[0].values[11], 3);
  EXPECT_EQ(table.runs.size(), 12U);
}

TEST(OutsideTheirBand, NamesWhatIsToBeMeasuredAgain) {
  const SeriesTable quiet = TableWith(Night(101, 50));
  EXPECT_THAT(OutsideTheirBand(quiet, AnalyzeNight(quiet)), ElementsAre());
  const SeriesTable loud = TableWith(Night(140, 80));
  EXPECT_THAT(OutsideTheirBand(loud, AnalyzeNight(loud)), ElementsAre("canary/core", "parse"));
}

TEST(LaunchMedians, TakeOneValueALaunch) {
  auto launches = Launches(100);
  launches[1].values.clear();
  const auto medians = LaunchMedians(launches, "parse", "real_time");
  ASSERT_EQ(medians.size(), 7U);
  EXPECT_EQ(medians[0], 100);
}

TEST(JudgeReruns, SaysWhatTheNewLaunchesShow) {
  const SeriesTable table = TableWith(Night(140, 50));
  const auto judge = [&](double again, double reference) {
    Nightly night = AnalyzeNight(table);
    JudgeReruns(table, Launches(again),
                reference > 0 ? Launches(reference) : std::vector<compare::Launch>(), night);
    EXPECT_FALSE(night.series[0].rerun) << "the canary is inside of its band";
    return night.series[1].rerun;
  };
  EXPECT_EQ(judge(141, 0), Rerun::kConfirmed);
  EXPECT_EQ(judge(101, 0), Rerun::kNoise);
  EXPECT_EQ(judge(80, 0), Rerun::kInconclusive) << "outside on the other side";
  EXPECT_EQ(judge(141, 141), Rerun::kNoise) << "the last good program is as slow tonight";
  EXPECT_EQ(judge(141, 100), Rerun::kConfirmed);

  Nightly night = AnalyzeNight(table);
  JudgeReruns(table, Launches(141, "another"), {}, night);
  EXPECT_EQ(night.series[1].rerun, Rerun::kInconclusive) << "it was not launched again";
}

TEST(NoiseOf, IsTheSpreadFromNightToNight) {
  const SeriesTable table = TableWith(Night(101, 50));
  const auto noise = Lookup(NoiseOf(table, AnalyzeNight(table)));
  ASSERT_TRUE(noise("parse", "real_time"));
  EXPECT_NEAR(*noise("parse", "real_time"), 1.4826 / 101, 0.002);
  EXPECT_FALSE(noise("parse", "cpu_time"));
  EXPECT_FALSE(noise("other", "real_time"));
}

}  // namespace
}  // namespace pmubench::history
