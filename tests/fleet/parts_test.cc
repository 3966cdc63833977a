// The pure parts of a fleet: shards, states, scripts, what a class measured together.
#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include "fleet/class_run.h"
#include "fleet/run_seconds.h"
#include "fleet/scripts.h"
#include "fleet/shards.h"
#include "fleet/slurm.h"
#include "platform/text.h"
#include "reports/store/bundle.h"
#include "reports/store/identity.h"
#include "reports/store/sample_runs.h"

namespace pmubench::fleet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Shards, TakeEquallyLong) {
  std::mt19937 random(3);
  std::exponential_distribution<double> seconds(0.2);
  std::vector<TimedBenchmark> benchmarks;
  for (int i = 0; i < 400; ++i) benchmarks.push_back({"b" + std::to_string(i), seconds(random)});
  const double sum = std::accumulate(benchmarks.begin(), benchmarks.end(), 0.0,
                                     [](double s, const auto& one) { return s + one.seconds; });
  const double longest =
      std::max_element(benchmarks.begin(), benchmarks.end(), [](const auto& a, const auto& b) {
        return a.seconds < b.seconds;
      })->seconds;
  for (const std::size_t count : {1U, 3U, 7U, 50U}) {
    const auto shards = Balance(benchmarks, count);
    ASSERT_EQ(shards.size(), count);
    std::multiset<std::string> all;
    double most = 0;
    for (const Shard& shard : shards) {
      all.insert(shard.benchmarks.begin(), shard.benchmarks.end());
      most = std::max(most, shard.seconds);
    }
    EXPECT_EQ(all.size(), benchmarks.size());
    EXPECT_EQ(std::set(all.begin(), all.end()).size(), benchmarks.size());
    const double m = static_cast<double>(count);
    // Graham's bound against a lower bound of the optimum.
    EXPECT_LE(most, (4.0 / 3 - 1 / (3 * m)) * std::max(sum / m, longest) + 1e-9);
  }
}

TEST(Shards, TrivialBenchmarksAreBundled) {
  std::vector<TimedBenchmark> benchmarks(1000, {"", 0.01});
  for (std::size_t i = 0; i < benchmarks.size(); ++i) benchmarks[i].name = std::to_string(i);
  EXPECT_EQ(ShardCount(benchmarks, 600), 1);
  EXPECT_EQ(ShardCount(benchmarks, 1), 10);
  EXPECT_EQ(ShardCount({{"a", 1e6}, {"b", 1}}, 600), 2) << "a benchmark is not cut";
  EXPECT_EQ(Balance({{"a", 0}, {"b", 0}, {"c", 0}, {"d", 0}}, 2)[0].benchmarks.size(), 2);
  EXPECT_EQ(Balance({{"a", 1}}, 9).size(), 1) << "no shard is empty";
}

TEST(TaskStatus, SchedulerAndStatusFileTogether) {
  EXPECT_EQ(Combine(TaskState::kRunning, QueueState::kGone), TaskState::kLost);
  EXPECT_EQ(Combine(TaskState::kWaiting, QueueState::kGone), TaskState::kLost);
  EXPECT_EQ(Combine(TaskState::kRunning, QueueState::kPending), TaskState::kWaiting);
  EXPECT_EQ(Combine(TaskState::kRunning, QueueState::kUnknown), TaskState::kRunning);
  EXPECT_EQ(Combine(TaskState::kDone, QueueState::kGone), TaskState::kDone);
  EXPECT_EQ(Combine(TaskState::kFailed, QueueState::kRunning), TaskState::kFailed);
}

TEST(TaskStatus, SurvivesItsFile) {
  TaskStatus status{TaskState::kFailed, "node\xff", 2, 1'700'000'000'000,
                    1'700'000'001'000,  1.5,        7, "no space left\n"};
  const auto back = ParseStatus(StatusJson(status));
  ASSERT_TRUE(back) << back.error().ToString();
  EXPECT_EQ(back->host, status.host);
  EXPECT_EQ(back->reason, status.reason);
  EXPECT_EQ(back->attempt, 2);
  EXPECT_FALSE(ParseStatus("{\"state\": \"sleeping\"}"));
  EXPECT_FALSE(ParseStatus("{\"state\""));
}

TEST(TaskStatus, AClockIsJudgedByWhatMustBeTrue) {
  constexpr std::int64_t kHour = 3'600'000, kNow = 1'700'000'000'000;
  TaskStatus status;
  EXPECT_FALSE(ClockOffset(status, kNow, kNow)) << "it has not begun";
  status.started_ms = kNow - kHour;
  status.changed_ms = kNow;
  EXPECT_FALSE(ClockOffset(status, kNow - 2 * kHour, kNow));
  EXPECT_EQ(ClockOffset(status, kNow, kNow + kHour), -kHour);
  status.changed_ms = kNow + 3 * kHour;
  EXPECT_EQ(ClockOffset(status, kNow - 2 * kHour, kNow), 3 * kHour);
}

TEST(Slurm, ReadsItsQueue) {
  const auto queue = ParseQueue(
      "0|R|None|2026-01-31T02:00:00\n1|PD|BeginTime|2026-01-31T02:02:01\n2|CG|None|N/A\n"
      "3|PD|Resources|N/A\nN/A|R|None|N/A\n\n");
  ASSERT_EQ(queue.size(), 4);
  EXPECT_EQ(queue.at(0).state, QueueState::kRunning);
  EXPECT_EQ(queue.at(1).state, QueueState::kPending);
  EXPECT_EQ(queue.at(1).why, "BeginTime 2026-01-31T02:02:01");
  EXPECT_EQ(queue.at(2).state, QueueState::kRunning);
  EXPECT_EQ(queue.at(3).why, "Resources");
  EXPECT_TRUE(ParseQueue("").empty());
}

Job TwoClasses() {
  Job job;
  job.id = "01234567-89ab-4cde-8f01-23456789abcd";
  job.submitted_ms = 1'800'000'000'000;
  job.binary = "/opt/it's/bench";
  job.branch = "main";
  job.commit = "abc";
  job.classes = {{"n1", "n1"}, {"zen4", "zen4&big"}};
  job.tasks = {{"n1", {"bench/000000", "bench/000001"}, 3},
               {"n1", {"bench/000002"}, 2},
               {"zen4", {"bench/000000", "bench/000001", "bench/000002", "odd\xff"}, 5}};
  return job;
}

TEST(Job, SurvivesItsFile) {
  const Job job = TwoClasses();
  const auto back = ParseJob(JobJson(job));
  ASSERT_TRUE(back) << back.error().ToString();
  EXPECT_EQ(JobJson(*back), JobJson(job));
  EXPECT_EQ(back->tasks[2].benchmarks[3], "odd\xff");
  EXPECT_FALSE(ParseJob("{}"));
  EXPECT_FALSE(ParseJob("{\"pmubench_fleet_job\": 99}"));
}

TEST(Job, NamesClassesStrictly) {
  EXPECT_EQ(ParseClass("n1")->constraint, "n1");
  EXPECT_EQ(ParseClass("big=n1&mem512")->constraint, "n1&mem512");
  for (const char* bad : {"", "a b", "../x", "a/b", "-x", "a=", "$(reboot)"}) {
    EXPECT_FALSE(ParseClass(bad)) << bad;
  }
}

TEST(Scripts, NameEveryTaskOnce) {
  const Job job = TwoClasses();
  const ScriptOptions options{.tool = "/opt/pmubench",
                              .folder = "/shared/to night",
                              .slurm_options = {"--partition=bench"}};
  const std::string slurm = SlurmScript(job, "zen4", job.TasksOf("zen4"), options);
  EXPECT_THAT(slurm, HasSubstr("#SBATCH --array=2\n"));
  EXPECT_THAT(slurm, HasSubstr("#SBATCH --constraint=\"zen4&big\"\n"));
  EXPECT_THAT(slurm, HasSubstr("#SBATCH --exclusive\n"));
  EXPECT_THAT(slurm, HasSubstr("#SBATCH --partition=bench\n"));
  EXPECT_THAT(slurm, HasSubstr("fleet task '/shared/to night' \"$SLURM_ARRAY_TASK_ID\""));
  EXPECT_THAT(*PrintScript("slurm", job, options), HasSubstr("--array=0-1"));
  EXPECT_THAT(*PrintScript("jenkins", job, options), HasSubstr("--class n1 --shard 1' }"));
  EXPECT_THAT(*PrintScript("jenkins", job, options), HasSubstr("sh '\\'/opt/pmubench\\' fleet"));
  EXPECT_THAT(*PrintScript("buildkite", job, options), HasSubstr("parallelism: 2"));
  EXPECT_THAT(*PrintScript("buildkite", job, options), HasSubstr("$$BUILDKITE_PARALLEL_JOB"));
  EXPECT_THAT(*PrintScript("kubernetes", job, options), HasSubstr("completions: 2"));
  EXPECT_THAT(*PrintScript("kubernetes", job, options), HasSubstr("name: pmubench-01234567-n1"));
  EXPECT_THAT(*PrintScript("sh", job, options), HasSubstr("#   n1: 0-1\n"));
  EXPECT_FALSE(PrintScript("cron", job, options));
  EXPECT_EQ(IndexRanges({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
  EXPECT_EQ(ShellQuote("it's"), "'it'\\''s'");
}

/// What a task measured: rows of a made-up run, with the machine's own ideas of time and identity.
store::Run BundleOf(const Job& job, std::size_t task, const std::string& machine = "m1") {
  store::Run all = store::SampleRun(static_cast<unsigned>(task) + 1);
  std::erase_if(all.rows, [&](const store::Row& row) {
    const auto& names = job.tasks[task].benchmarks;
    return std::find(names.begin(), names.end(), row.benchmark) == names.end();
  });
  all.info.uuid = TaskUuid(job, task);
  all.info.machine = machine;
  all.info.started_ms = 12345;
  all.info.rows = static_cast<std::uint32_t>(all.rows.size());
  return all;
}

std::vector<TaskResult> ResultsOf(const Job& job) {
  std::vector<TaskResult> results(job.tasks.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].status.state = TaskState::kDone;
    results[i].status.host = "node" + std::to_string(i);
    results[i].bundle = BundleOf(job, i);
  }
  return results;
}

const store::Row* FindRow(const store::Run& run, const std::string& name) {
  for (const store::Row& row : run.rows) {
    if (row.benchmark == name) return &row;
  }
  return nullptr;
}

TEST(ClassRuns, ShardsAreOneRunOfTheClass) {
  const Job job = TwoClasses();
  const auto runs = ClassRuns(job, "n1", ResultsOf(job));
  ASSERT_EQ(runs.size(), 1);
  const store::Run& run = runs[0].run;
  EXPECT_EQ(run.info.status, "complete");
  EXPECT_EQ(run.info.configuration, "n1");
  EXPECT_EQ(run.info.started_ms, job.submitted_ms) << "not the clock of the machine";
  EXPECT_EQ(run.rows.size(), 3);
  EXPECT_EQ(run.info.rows, 3);
  EXPECT_EQ(runs[0].measured, 3);
  EXPECT_TRUE(store::IsUuid(run.info.uuid));
  EXPECT_EQ(run.info.uuid, ClassRuns(job, "n1", ResultsOf(job))[0].run.info.uuid);
  EXPECT_NE(run.info.uuid, ClassRuns(job, "zen4", ResultsOf(job))[0].run.info.uuid);
  // It says where each shard ran, and keeps that through a bundle.
  EXPECT_THAT(run.document, HasSubstr("node1"));
  EXPECT_THAT(store::ParseBundle(store::FormatBundle(run), {})->document, HasSubstr("node1"));
}

TEST(ClassRuns, WhatWasLostIsMissingWithItsReason) {
  const Job job = TwoClasses();
  auto results = ResultsOf(job);
  results[1].bundle.reset();
  results[1].status.state = TaskState::kLost;
  const auto runs = ClassRuns(job, "n1", results);
  ASSERT_EQ(runs.size(), 1);
  EXPECT_EQ(runs[0].run.info.status, "partial");
  EXPECT_EQ(runs[0].measured, 2);
  const store::Row* lost = FindRow(runs[0].run, "bench/000002");
  ASSERT_NE(lost, nullptr);
  for (const store::Value& value : lost->values) {
    EXPECT_FALSE(value.measured());
    EXPECT_EQ(runs[0].run.reasons[value.reason - 1U], "its task was lost on node1");
  }
  EXPECT_EQ(runs[0].run.info.uuid, ClassRuns(job, "n1", ResultsOf(job))[0].run.info.uuid)
      << "the whole run takes the partial one's place";
}

TEST(ClassRuns, MachinesOfTwoKindsAreTwoSeries) {
  const Job job = TwoClasses();
  auto results = ResultsOf(job);
  results[1].bundle = BundleOf(job, 1, "m2");
  const auto runs = ClassRuns(job, "n1", results);
  ASSERT_EQ(runs.size(), 2);
  EXPECT_EQ(runs[0].run.info.machine, "m1");
  EXPECT_EQ(runs[1].run.info.machine, "m2");
  EXPECT_NE(runs[0].run.info.uuid, runs[1].run.info.uuid);
  EXPECT_EQ(runs[0].run.rows.size(), 2);
  EXPECT_EQ(runs[1].run.rows.size(), 1);
}

TEST(ClassRuns, NothingMeasuredIsNoRun) {
  const Job job = TwoClasses();
  auto results = ResultsOf(job);
  for (TaskResult& result : results) {
    result.bundle.reset();
    result.status.state = TaskState::kCannotMeasure;
    result.status.reason = "no PMU";
  }
  EXPECT_TRUE(ClassRuns(job, "n1", results).empty());
  EXPECT_EQ(ReasonOf(results[0]), "the machine on node0 cannot measure: no PMU");
}

TEST(ClassRuns, TheCanariesOfAllTasksAreOneRow) {
  const Job job = TwoClasses();
  auto results = ResultsOf(job);
  for (std::size_t i = 0; i < 2; ++i) {
    store::Run& bundle = *results[i].bundle;
    store::Row canary = bundle.rows.front();
    canary.benchmark = "canary/copy";
    canary.launches = {{0, {10.0 + static_cast<double>(i), 20.0 + static_cast<double>(i)}}};
    bundle.rows.push_back(canary);
  }
  const auto runs = ClassRuns(job, "n1", results);
  const store::Row* canary = FindRow(runs[0].run, "canary/copy");
  ASSERT_NE(canary, nullptr);
  std::vector<double> times;
  for (const store::Launches& launches : canary->launches) {
    if (runs[0].run.metrics[launches.metric].name == "real_time") times = launches.values;
  }
  EXPECT_THAT(times, testing::UnorderedElementsAre(10, 20, 11, 21));
  EXPECT_EQ(std::count_if(runs[0].run.rows.begin(), runs[0].run.rows.end(),
                          [](const auto& row) { return row.benchmark == "canary/copy"; }),
            1);
}

TEST(RunSeconds, AreSharedOutAndFoundAgain) {
  const SecondsOf scaled = ScaledTo({{"a", 1}, {"b", 3}}, 8);
  EXPECT_DOUBLE_EQ(scaled.at("a"), 2);
  EXPECT_DOUBLE_EQ(scaled.at("b"), 6);
  EXPECT_DOUBLE_EQ(ScaledTo({{"a", 0}, {"b", 0}}, 8).at("a"), 4);
  store::Run run = store::SampleRun(1);
  PutRunSeconds({{"bench/000003", 2.5}}, run);
  const auto back = store::ParseBundle(store::FormatBundle(run), {});
  ASSERT_TRUE(back);
  EXPECT_THAT(GetRunSeconds(*back), ElementsAre(testing::Pair("bench/000003", 2.5)));
}

}  // namespace
}  // namespace pmubench::fleet
