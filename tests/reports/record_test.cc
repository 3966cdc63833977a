#include "reports/record.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "reports/sample_record.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using Json = nlohmann::ordered_json;
using testing::SampleRecord;

Json JsonOf(const Record& record) { return Json::parse(ToJson(record)); }

TEST(RecordTest, KeepsGoogleBenchmarksFieldsAndTheirOrder) {
  const Json json = JsonOf(SampleRecord());
  std::vector<std::string> keys;
  for (const auto& [key, value] : json["benchmarks"][0].items()) keys.push_back(key);
  EXPECT_THAT(
      keys, ElementsAre("name", "family_index", "per_family_instance_index", "run_name", "run_type",
                        "repetitions", "repetition_index", "threads", "iterations", "real_time",
                        "cpu_time", "time_unit", "items", "pmubench"));
  EXPECT_EQ(json.begin().key(), "context");
  EXPECT_EQ(json["context"]["host_name"], "one");
}

TEST(RecordTest, HoldsRawCountsAndMetrics) {
  const Json json = JsonOf(SampleRecord());
  const Json& counts = json["benchmarks"][0]["pmubench"]["counts"][0];
  EXPECT_EQ(counts["group"], 0);
  EXPECT_EQ(counts["events"]["CPU_CYCLES"]["count"].dump(), "4000");
  EXPECT_EQ(counts["quantities"]["wall_ns"].dump(), "12500");
  const Json& metrics = json["pmubench"]["results"][0]["metrics"];
  EXPECT_EQ(metrics["ipc"]["value"], 2.25);
  EXPECT_TRUE(metrics["branch_mpki"]["value"].is_null());
  EXPECT_EQ(metrics["branch_mpki"]["reason"], "no such event");
  EXPECT_EQ(json["pmubench"]["schema"]["version"], "1.0");
}

TEST(RecordTest, WhatIsNotFiniteIsNullWithAReason) {
  Record record = SampleRecord();
  record.results[0].metrics[0].value = std::nan("");
  record.results[0].metrics[0].max = std::numeric_limits<double>::infinity();
  record.results[0].metrics[1].reason.clear();
  record.rows[0].counts[0].quantities["wall_ns"] = std::nan("");
  const Json json = JsonOf(record);
  const Json& metrics = json["pmubench"]["results"][0]["metrics"];
  EXPECT_TRUE(metrics["ipc"]["value"].is_null());
  EXPECT_THAT(metrics["ipc"]["reason"].get<std::string>(), HasSubstr("finite"));
  EXPECT_TRUE(metrics["ipc"]["max"].is_null());
  EXPECT_EQ(metrics["branch_mpki"]["reason"], "not measured");
  const auto back = RecordFromJson(json.dump());
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->rows[0].counts[0].quantities.contains("wall_ns"));
}

TEST(RecordTest, GoesRoundTrip) {
  const std::string text = ToJson(SampleRecord());
  const auto back = RecordFromJson(text);
  ASSERT_TRUE(back) << back.error().ToString();
  EXPECT_EQ(back->rows[0].counts[0].events.at("INST_RETIRED").count, 9000);
  EXPECT_EQ(back->plan.groups[1][1], "L1D_CACHE");
  EXPECT_EQ(back->status, RecordStatus::kComplete);
  EXPECT_EQ(ToJson(*back), text);
}

TEST(RecordTest, KeysOfANewerMinorVersionAreKept) {
  Json json = JsonOf(SampleRecord());
  json["pmubench"]["schema"]["version"] = "1.7";
  json["pmubench"]["colour"] = {{"of", "magic"}};
  json["benchmarks"][0]["new_field"] = 5;
  json["new_top"] = true;
  const auto back = RecordFromJson(json.dump());
  ASSERT_TRUE(back) << back.error().ToString();
  const Json again = JsonOf(*back);
  EXPECT_EQ(again["pmubench"]["colour"]["of"], "magic");
  EXPECT_EQ(again["benchmarks"][0]["new_field"], 5);
}

TEST(RecordTest, ANewerMajorVersionIsRefused) {
  Json json = JsonOf(SampleRecord());
  json["pmubench"]["schema"]["version"] = "2.0";
  const auto back = RecordFromJson(json.dump());
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, ErrorCode::kBadInput);
  EXPECT_THAT(back.error().message, HasSubstr("2.0"));
  EXPECT_THAT(back.error().remedy, HasSubstr("newer pmubench"));
}

TEST(RecordTest, EveryTruncationIsRefused) {
  std::string text = ToJson(SampleRecord());
  text.pop_back();
  for (std::size_t size = 0; size < text.size(); size += 7) {
    const auto back = RecordFromJson(text.substr(0, size));
    ASSERT_FALSE(back) << size;
    EXPECT_EQ(back.error().code, ErrorCode::kBadInput);
  }
  EXPECT_THAT(RecordFromJson(text.substr(0, text.size() / 2)).error().message,
              HasSubstr("cut short"));
}

TEST(RecordTest, WrongTypesAreRefusedNotThrown) {
  const Json good = JsonOf(SampleRecord());
  for (const char* pointer :
       {"/pmubench", "/pmubench/schema", "/pmubench/schema/version", "/pmubench/run_id",
        "/pmubench/machine", "/pmubench/plan", "/pmubench/plan/groups", "/benchmarks/0/pmubench",
        "/pmubench/metrics/ipc", "/pmubench/results/0/metrics/ipc/value", "/context",
        "/benchmarks/0/pmubench/counts/0/events/CPU_CYCLES/count"}) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = Json::array({"?"});
    const auto back = RecordFromJson(bad.dump());
    ASSERT_FALSE(back) << pointer;
    EXPECT_EQ(back.error().code, ErrorCode::kBadInput) << pointer;
  }
}

TEST(RecordTest, TellsGoogleBenchmarksOwnFiles) {
  const auto back = RecordFromJson(R"({"context": {}, "benchmarks": []})");
  ASSERT_FALSE(back);
  EXPECT_THAT(back.error().message, HasSubstr("Google Benchmark"));
  EXPECT_FALSE(RecordFromJson("[1, 2]"));
  EXPECT_FALSE(RecordFromJson("\xff\xfe"));
  EXPECT_FALSE(RecordFromJson("  \n"));
}

TEST(RecordTest, BytesThatAreNoUtf8DoNotStopIt) {
  Record record = SampleRecord();
  record.reason = "caf\xe9";
  EXPECT_TRUE(RecordFromJson(ToJson(record)));
}

TEST(RecordTest, OwnBuildIsFilledIn) {
  Record record = SampleRecord();
  record.build_json.clear();
  EXPECT_FALSE(JsonOf(record)["pmubench"]["build"]["compiler"].get<std::string>().empty());
}

TEST(RecordTest, RunIdsAreUuidsAndDiffer) {
  const std::string id = NewRunId();
  EXPECT_THAT(id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                               "[0-9a-f]{12}"));
  EXPECT_NE(id, NewRunId());
}

}  // namespace
}  // namespace pmubench
