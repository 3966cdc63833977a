#include "reports/compare/launch.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "reports/time_unit.h"
#include "test_folder.h"

namespace pmubench::compare {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Launch One(std::string_view text) {
  const auto launches = ParseLaunches(text, "f.json");
  EXPECT_TRUE(launches.ok()) << launches.error().ToString();
  EXPECT_THAT(*launches, SizeIs(1));
  return launches->front();
}

std::string ErrorOf(std::string_view text) { return ParseLaunches(text, "f.json").error().message; }

TEST(TimeUnit, EachIsAThousandOfTheOneBefore) {
  double ns = 1;
  for (const char* unit : {"ns", "us", "ms", "s"}) {
    EXPECT_EQ(NanosecondsPer(unit), ns) << unit;
    ns *= 1000;
  }
  EXPECT_EQ(NanosecondsPer(""), 1);
  EXPECT_EQ(NanosecondsPer("min"), std::nullopt);
}

TEST(ParseLaunches, RepetitionsAreValuesOfOneBenchmark) {
  const Launch launch = One(R"({"context": {"num_cpus": 4}, "benchmarks": [
    {"name": "a", "run_name": "a", "run_type": "iteration", "repetition_index": 0,
     "iterations": 7, "real_time": 1.5, "cpu_time": 1, "time_unit": "us", "misses": 3},
    {"name": "a", "run_name": "a", "run_type": "iteration", "repetition_index": 1,
     "iterations": 7, "real_time": 2.5, "cpu_time": 2, "time_unit": "us"},
    {"name": "a_mean", "run_name": "a", "run_type": "aggregate", "aggregate_name": "mean",
     "real_time": 2, "cpu_time": 1.5, "time_unit": "us"}]})");
  EXPECT_THAT(launch.values.at("a").at("real_time"), ElementsAre(1500, 2500));
  EXPECT_THAT(launch.values.at("a").at("misses"), ElementsAre(3));
  EXPECT_FALSE(launch.values.at("a").contains("iterations"));
  EXPECT_EQ(launch.fingerprint.at("CPUs"), "4");
}

TEST(ParseLaunches, TheMedianStandsForRepetitionsThatAreNotThere) {
  const Launch launch = One(R"({"benchmarks": [
    {"name": "a_mean", "run_name": "a", "run_type": "aggregate", "aggregate_name": "mean",
     "real_time": 9},
    {"name": "a_median", "run_name": "a", "run_type": "aggregate", "aggregate_name": "median",
     "real_time": 4},
    {"name": "a_stddev", "run_name": "a", "run_type": "aggregate", "aggregate_name": "stddev",
     "real_time": 1}]})");
  EXPECT_THAT(launch.values.at("a").at("real_time"), ElementsAre(4));
}

TEST(ParseLaunches, WhatIsNotFiniteIsLeftOut) {
  const Launch launch = One(R"({"benchmarks": [
    {"name": "a", "real_time": NaN, "cpu_time": -Infinity, "y": 2}]})");
  EXPECT_THAT(launch.values.at("a"), SizeIs(1));
  EXPECT_THAT(launch.values.at("a").at("y"), ElementsAre(2));
}

TEST(ParseLaunches, ARecordsDoubtsAreKeptByMetric) {
  const Launch launch = One(R"({"benchmarks": [], "pmubench": {
    "schema": {"name": "pmubench.record", "version": "1.0"}, "results": [
      {"run_name": "a", "metrics": {
        "ipc": {"value": 2, "unit": "", "note": "CYCLES here: over-counts"},
        "llc_mpki": {"value": null, "unit": "", "reason": "LLC here: dead"},
        "ratio": {"value": null, "unit": "", "reason": "BRANCHES is 0"}}},
      {"run_name": "b", "metrics": {"ratio": {"value": 3, "unit": ""}}}]}})");
  EXPECT_THAT(launch.doubts.wrong, ElementsAre(std::pair("ipc", "CYCLES here: over-counts")));
  EXPECT_THAT(launch.doubts.missing, ElementsAre(std::pair("llc_mpki", "LLC here: dead")))
      << "a ratio of nothing in one benchmark is no doubt of the metric";
}

TEST(ParseLaunches, FailuresKeepTheirReason) {
  const Launch launch = One(R"({"benchmarks": [
    {"name": "a", "error_occurred": true, "error_message": "no file", "real_time": 0},
    {"name": "b", "skipped": true, "skip_message": "no GPU"}]})");
  EXPECT_THAT(launch.values, IsEmpty());
  EXPECT_EQ(launch.failed.at("a"), "no file");
  EXPECT_EQ(launch.failed.at("b"), "no GPU");
}

TEST(ParseLaunches, ARecordTellsUnitsMachineAndWhatWasScaled) {
  const Launch launch = One(R"({"benchmarks": [{"name": "a", "real_time": 5}], "pmubench": {
    "schema": {"name": "pmubench.record", "version": "1.7"}, "status": "partial",
    "reason": "it crashed", "machine": {"id": "0123456789abcdef", "kernel": "6.1", "cores": 2},
    "results": [{"run_name": "a", "metrics": {
      "instructions": {"value": 100, "unit": "instructions/iteration", "sampling_ratio": 0.5},
      "ipc": {"value": 2, "unit": "instructions/cycle", "sampling_ratio": 1},
      "llc_mpki": {"value": null, "reason": "no such event", "unit": "m"}}}]}})");
  EXPECT_THAT(launch.values.at("a").at("instructions"), ElementsAre(100));
  EXPECT_FALSE(launch.values.at("a").contains("llc_mpki"));
  EXPECT_EQ(launch.units.at("ipc"), "instructions/cycle");
  EXPECT_THAT(launch.scaled, ElementsAre("instructions"));
  EXPECT_EQ(launch.fingerprint.at("machine id"), "0123456789abcdef");
  EXPECT_EQ(launch.remarks.at("kernel"), "6.1");
  EXPECT_EQ(launch.incomplete, "partial: it crashed");
}

TEST(ParseLaunches, ABundleHoldsSeveral) {
  const auto launches = ParseLaunches(R"({"benchmarks": [{"name": "a", "real_time": 5}],
    "pmubench": {"schema": {"name": "pmubench.record", "version": "1.0"}, "results": [
      {"run_name": "a", "metrics": {"real_time": {"value": 5, "unit": "ns", "launches": [4, 5, 6]},
       "ipc": {"value": 2, "unit": "", "launches": [2, null, 3]}}}]}})",
                                      "f.json");
  ASSERT_TRUE(launches.ok());
  ASSERT_THAT(*launches, SizeIs(3));
  EXPECT_THAT((*launches)[1].values.at("a").at("real_time"), ElementsAre(5));
  EXPECT_FALSE((*launches)[1].values.at("a").contains("ipc"));
  EXPECT_THAT((*launches)[2].values.at("a").at("ipc"), ElementsAre(3));
}

TEST(ParseLaunches, NamesMayHoldAnyBytes) {
  const Launch launch = One("{\"benchmarks\": [{\"name\": \"a\xff\xc3(\", \"real_time\": 1}]}");
  EXPECT_TRUE(launch.values.contains("a\xff\xc3("));
}

TEST(ParseLaunches, SaysWhatIsWrong) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("f.json: the file is empty"));
  EXPECT_THAT(ErrorOf(R"({"benchmarks": [{"name": "a")"), HasSubstr("f.json"));
  EXPECT_THAT(ErrorOf("[1, 2]"), HasSubstr("benchmarks"));
  EXPECT_THAT(ErrorOf(R"({"benchmarks": 3})"), HasSubstr("benchmarks"));
  EXPECT_THAT(ErrorOf(R"({"benchmarks": [], "pmubench": {"schema": {"version": "2.0"}}})"),
              HasSubstr("schema 2.0"));
  EXPECT_THAT(ErrorOf(R"({"benchmarks": [], "pmubench": {}})"), HasSubstr("schema"));
}

// Whatever the wrong types, it is an answer and no crash.
TEST(ParseLaunches, SurvivesWrongTypes) {
  for (const char* text :
       {R"({"benchmarks": [1, null, "x", []]})", R"({"benchmarks": [{"name": 3}]})",
        R"({"benchmarks": [{"name": "a", "real_time": {}, "time_unit": 4}]})",
        R"({"context": 5, "benchmarks": []})",
        R"({"benchmarks": [], "pmubench": {"schema": {"version": "1.0"}, "results": {"x": 1},
           "machine": [1]}})",
        R"({"benchmarks": [], "pmubench": {"schema": {"version": "1.0"},
           "results": [{"run_name": "a", "metrics": {"m": 3, "n": {"launches": 7}}}]}})"}) {
    EXPECT_TRUE(ParseLaunches(text, "f").ok()) << text;
  }
}

TEST(ReadLaunches, ReadsFoldersInOrderOfNames) {
  const TestFolder folder;
  std::filesystem::create_directories(folder / "empty");
  for (const char* name : {"2", "1", "3"}) {
    folder.Write(std::string(name) + ".json",
                 R"({"benchmarks": [{"name": "a", "real_time": )" + std::string(name) + "}]}");
  }
  const auto launches = ReadLaunches({folder.path().string()});
  ASSERT_TRUE(launches.ok());
  ASSERT_THAT(*launches, SizeIs(3));
  EXPECT_THAT(launches->front().values.at("a").at("real_time"), ElementsAre(1));
  EXPECT_THAT(ReadLaunches({folder / "empty"}).error().message, HasSubstr("no *.json"));
  EXPECT_THAT(ReadLaunches({folder / "4.json"}).error().message, HasSubstr("cannot read"));
}

}  // namespace
}  // namespace pmubench::compare
