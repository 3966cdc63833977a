// `pmubench ci` on a history of nights: what is outside of its band is measured again, and the
// canary tells a slower machine from a slower program.
#include <gmock/gmock.h>

#include "cli/ci_verb.h"
#include "reports/store/store.h"

namespace pmubench {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kNights = 9;
// From night to night: a band up to six times the first night's time, so that a busy machine stays
// inside; twenty times the work does not.
constexpr double kNoise[] = {0.6, 1.3, 0.8, 1.4, 1, 0.7, 1.3, 0.9, 1.1};

class CiNights : public CiVerb {
 protected:
  /// One night that is measured, and the same with other values on the days after it.
  void SetUp() override {
    environment_ =
        "SLOW_WORK=" + folder_ / "slow_work" + " SLOW_CANARY=" + folder_ / "slow_canary" + " ";
    ASSERT_EQ(Tonight(), 0) << Text("messages");
    EXPECT_EQ(Report()["canary"], "unknown") << "it has no history yet";
    auto store = store::OpenStore(folder_ / "h.db", store::OpenMode::kWrite);
    ASSERT_TRUE(store.ok());
    const auto first = (*store)->Read((*store)->Runs({}).value().front().uuid);
    ASSERT_TRUE(first.ok());
    for (int night = 1; night < kNights; ++night) {
      ASSERT_TRUE((*store)->Add(Later(*first, night)).ok());
    }
  }

  static store::Run Later(store::Run run, int night) {
    const double factor = kNoise[night] / kNoise[0];
    run.info.uuid = "00000000-0000-4000-8000-00000000000" + std::to_string(night);
    // All before tonight: minutes stand for days.
    run.info.started_ms -= (kNights - night) * 60'000LL;
    run.info.commit = "c" + std::to_string(night);
    for (store::Row& row : run.rows) {
      for (store::Value& value : row.values) value.value *= factor;
      for (store::Launches& launches : row.launches) {
        for (double& value : launches.values) value *= factor;
      }
    }
    return run;
  }

  int Tonight(const std::string& binary = kSmall) {
    return Ci(std::string("--launches 6 --metrics page_faults --canary ") + kCanary + " " + binary);
  }

  void Slow(const std::string& who, int launches) {
    std::ofstream(folder_ / ("slow_" + who)) << launches;
  }

  nlohmann::json Time() {
    const auto report = Report();
    for (const auto& metric : report["benchmarks"][0]["metrics"]) {
      if (metric["metric"] == "cpu_time") return metric;
    }
    return {};
  }
};

TEST_F(CiNights, AQuietNightIsFine) {
  EXPECT_EQ(Tonight(), 0) << Text("messages");
  EXPECT_EQ(Report()["summary"]["regression"], 0);
  EXPECT_EQ(Report()["canary"], "stable");
  EXPECT_TRUE(Time()["rerun"].is_null());
  EXPECT_TRUE(Time()["band"][0].is_number());
  EXPECT_EQ(Report()["benchmarks"].size(), 1U) << "the canary is no benchmark of the suite";
}

TEST_F(CiNights, AChangeIsConfirmedByMeasuringItAgain) {
  EXPECT_EQ(Tonight(kLarge), 1) << Text("messages");
  EXPECT_EQ(Time()["rerun"], "confirmed");
  EXPECT_EQ(Report()["benchmarks"][0]["verdict"], "regression");
  EXPECT_THAT(Text("messages"), HasSubstr("measuring 1 of 1 benchmarks again"));
  EXPECT_THAT(Text("out"), HasSubstr("above its band"));
  EXPECT_THAT(Text("out"), HasSubstr("confirmed"));
}

TEST_F(CiNights, ABusyMinuteIsNoise) {
  Slow("work", 6);  // all launches of the first measurement, none of the second
  EXPECT_EQ(Tonight(), 0) << Text("messages") << Text("out");
  EXPECT_EQ(Time()["rerun"], "noise");
  EXPECT_EQ(Report()["summary"]["regression"], 0);
}

TEST_F(CiNights, WhatFallsInBetweenIsInconclusive) {
  Slow("work", 9);  // half of the launches made again are slow too
  EXPECT_EQ(Tonight(), 0) << Text("messages") << Text("out");
  EXPECT_EQ(Time()["rerun"], "inconclusive");
  EXPECT_EQ(Report()["benchmarks"][0]["verdict"], "inconclusive");
}

TEST_F(CiNights, WhereTheCanaryMovesTooItIsTheEnvironment) {
  Slow("canary", 100);
  EXPECT_EQ(Tonight(kLarge), 3) << Text("messages");
  const auto report = Report();
  EXPECT_EQ(report["canary"], "moved");
  EXPECT_EQ(report["benchmarks"][0]["verdict"], "environment");
  EXPECT_EQ(report["summary"]["regression"], 0);
  EXPECT_THAT(Text("pmubench-ci/report.md"), HasSubstr("#### Changed with the environment"));
  EXPECT_THAT(Text("pmubench-ci/junit.xml"), HasSubstr("<skipped message=\"environment: "));
  EXPECT_THAT(Text("pmubench-ci/metrics.prom"), HasSubstr("pmubench_canary_moved{"));
  EXPECT_THAT(Text("pmubench-ci/report.html"), HasSubstr("card environment"));
}

TEST_F(CiNights, ACanaryThatWasDisturbedForAMinuteExcusesNothing) {
  Slow("canary", 6);
  EXPECT_EQ(Tonight(kLarge), 1) << Text("messages");
  EXPECT_EQ(Report()["canary"], "stable");
}

TEST_F(CiNights, ARenamedBenchmarkIsOneThatWentAndOneThatCame) {
  auto store = store::OpenStore(folder_ / "h.db", store::OpenMode::kWrite);
  ASSERT_TRUE(store.ok());
  store::Run run = (*store)->Read((*store)->Runs({}).value().back().uuid).value();
  run.info.uuid = "00000000-0000-4000-8000-0000000000ff";
  run.info.started_ms += 1;
  for (store::Row& row : run.rows) {
    if (row.benchmark.starts_with("work/")) row.benchmark = "work/by its old name";
  }
  ASSERT_TRUE((*store)->Add(run).ok());
  EXPECT_EQ(Tonight(), 0) << Text("messages");
  EXPECT_EQ(Report()["summary"]["removed"], 1);
  EXPECT_EQ(Report()["summary"]["added"], 1);
}

TEST_F(CiNights, ACanaryThatDoesNotRunIsAbsentNotRemoved) {
  EXPECT_EQ(Ci(std::string("--launches 6 --metrics page_faults --no-canary ") + kSmall), 0)
      << Text("messages");
  EXPECT_EQ(Report()["canary"], "absent");
  EXPECT_EQ(Report()["summary"]["removed"], 0);
}

TEST_F(CiNights, SaysWhenTheClockWentBack) {
  auto store = store::OpenStore(folder_ / "h.db", store::OpenMode::kWrite);
  ASSERT_TRUE(store.ok());
  store::Run run = (*store)->Read((*store)->Runs({}).value().back().uuid).value();
  run.info.uuid = "00000000-0000-4000-8000-0000000000ff";
  run.info.started_ms += 86'400'000;
  ASSERT_TRUE((*store)->Add(run).ok());
  EXPECT_EQ(Tonight(), 0) << Text("messages");
  EXPECT_THAT(Text("pmubench-ci/report.md"), HasSubstr("set the clock"));
}

}  // namespace
}  // namespace pmubench
