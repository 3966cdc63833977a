#include "reports/store/bundle.h"

#include <gmock/gmock.h>

#include "reports/store/identity.h"
#include "reports/store/json_text.h"
#include "reports/store/packing.h"
#include "reports/store/sample.h"
#include "reports/store/sample_runs.h"
#include "test_folder.h"

namespace pmubench::store {
namespace {

const Value* Find(const Run& run, const std::string& benchmark, const std::string& metric) {
  for (const Row& row : run.rows) {
    if (row.benchmark != benchmark) continue;
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      if (run.metrics[run.layouts[row.layout][i]].name == metric) return &row.values[i];
    }
  }
  return nullptr;
}

constexpr const char* kGoogle = R"({"context": {"date": "2026-11-21T12:00:00+01:00",
  "host_name": "h", "num_cpus": 2}, "benchmarks": [
  {"name": "a/1", "run_name": "a/1", "run_type": "iteration", "real_time": 2, "cpu_time": 1.5,
   "time_unit": "us", "items_per_second": 5, "mine": 7, "iterations": 3},
  {"name": "a/1", "run_name": "a/1", "run_type": "iteration", "real_time": 4, "cpu_time": 1.5,
   "time_unit": "us", "mine": NaN},
  {"name": "a/1_mean", "run_name": "a/1", "run_type": "aggregate", "aggregate_name": "mean",
   "real_time": 999, "time_unit": "us"},
  {"name": "bad", "run_name": "bad", "run_type": "iteration", "error_occurred": true,
   "error_message": "no file"}]})";

TEST(Bundle, ReadsGoogleBenchmarksOwn) {
  const auto run = ParseBundle(kGoogle, {});
  ASSERT_TRUE(run.ok()) << run.error().ToString();
  EXPECT_EQ(FormatTime(run->info.started_ms), "2026-11-21T11:00:00Z");
  EXPECT_EQ(run->info.configuration, "default");
  EXPECT_TRUE(IsUuid(run->info.uuid));
  ASSERT_EQ(run->rows.size(), 2U);
  EXPECT_EQ(Find(*run, "a/1", "real_time")->value, 3000);
  EXPECT_EQ(Find(*run, "a/1", "cpu_time")->value, 1500);
  EXPECT_EQ(Find(*run, "a/1", "mine")->value, 7);
  EXPECT_EQ(Find(*run, "a/1", "iterations"), nullptr);
  const Value* failed = Find(*run, "bad", "real_time");
  ASSERT_NE(failed, nullptr);
  EXPECT_FALSE(failed->measured());
  EXPECT_EQ(run->reasons[failed->reason - 1U], "the benchmark failed: no file");
}

TEST(Bundle, KeepsWhatTheRecordHasAgainstAMetric) {
  const auto run = ParseBundle(R"({"context": {"date": "2026-01-02T03:04:05Z"}, "benchmarks": [],
    "pmubench": {"results": [{"run_name": "x", "metrics": {
      "ipc": {"value": 1.25, "unit": "", "note": "CYCLES here: over-counts"},
      "cpi": {"value": 0.8, "unit": ""}}}]}})",
                               {});
  ASSERT_TRUE(run.ok()) << run.error().ToString();
  const std::map<std::string, std::string> notes = {{"ipc", "CYCLES here: over-counts"}};
  EXPECT_EQ(NotesOf(*run), notes);
  EXPECT_EQ(NotesOf(*ParseBundle(FormatBundle(*run), {})), notes);
  EXPECT_TRUE(NotesOf(SampleRun(1)).empty());
}

TEST(Bundle, TheSameFileIsTheSameRun) {
  EXPECT_EQ(ParseBundle(kGoogle, {})->info.uuid, ParseBundle(kGoogle, {})->info.uuid);
  const std::string other = std::string(kGoogle) + " ";
  EXPECT_NE(ParseBundle(other, {})->info.uuid, ParseBundle(kGoogle, {})->info.uuid);
}

TEST(Bundle, ReadsARecordsMetrics) {
  const auto run =
      ParseBundle(R"({"context": {"date": "2026-01-02T03:04:05Z"}, "benchmarks": [],
    "pmubench": {"schema": {"name": "pmubench.record", "version": "1.7"},
      "run_id": "01234567-89ab-4def-8123-456789abcdef", "status": "partial",
      "machine": {"id": "00112233445566aa"}, "results": [{"run_name": "x", "metrics": {
        "ipc": {"value": 1.25, "unit": "instructions/cycle", "sampling_ratio": 0.5, "n": 3,
                "stddev": 0.125},
        "llc_mpki": {"value": null, "unit": "misses/1000 instructions", "reason": "no such event",
                     "sampling_ratio": null, "n": 0}}}]}})",
                  {.branch = "main", .commit = "abc", .configuration = "lto", .started_ms = {}});
  ASSERT_TRUE(run.ok()) << run.error().ToString();
  EXPECT_EQ(run->info.status, "partial");
  EXPECT_EQ(run->info.machine, "00112233445566aa");
  EXPECT_EQ(run->info.configuration, "lto");
  EXPECT_EQ(Find(*run, "x", "ipc")->value, 1.25);
  EXPECT_EQ(Find(*run, "x", "ipc")->spread, 0.125F);
  EXPECT_NEAR(UnpackSampling(Find(*run, "x", "ipc")->sampling).value(), 0.5, 1e-4);
  EXPECT_FALSE(Find(*run, "x", "llc_mpki")->measured());
}

TEST(Bundle, SurvivesTheWayThroughAFile) {
  store::Run run = SampleRun(3);
  run.rows[4].benchmark = "bytes\xff\x80 and \xc3\xa9 and \"quotes\"\n";
  const std::string text = FormatBundle(run);
  const auto back = ParseBundle(text, {});
  ASSERT_TRUE(back.ok()) << back.error().ToString();
  EXPECT_TRUE(FormatBundle(*back) == text);
  EXPECT_NE(Find(*back, run.rows[4].benchmark, "real_time"), nullptr);
}

TEST(Bundle, RefusesWhatItCannotRead) {
  const std::string whole = FormatBundle(SampleRun(1));
  for (std::size_t cut = 0; cut < whole.size() - 2; cut += 37) {
    const auto run = ParseBundle(std::string_view(whole).substr(0, cut), {});
    ASSERT_FALSE(run.ok()) << "cut at " << cut;
    EXPECT_EQ(run.error().code, ErrorCode::kBadInput);
  }
  EXPECT_FALSE(ParseBundle("[1,2]", {}).ok());
  EXPECT_FALSE(ParseBundle("{\"benchmarks\": 3}", {}).ok());
  std::string newer = whole;
  const std::size_t at = newer.find("\"version\": \"1.0\"");
  ASSERT_NE(at, std::string::npos);
  newer.replace(at, 16, "\"version\": \"2.0\"");
  EXPECT_EQ(ParseBundle(newer, {}).error().code, ErrorCode::kBadInput);
}

TEST(Bundle, ChangedBytesNeverCrashTheReader) {
  const std::string whole = FormatBundle(SampleRun(1, {2, 2, true}));
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = whole;
    for (int change = 0; change < 3; ++change) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    (void)ParseBundle(damaged, {});
  }
}

TEST(Bundle, AFullDiskLeavesTheOldFile) {
  EXPECT_FALSE(WriteBundle(SampleRun(1), "/dev/full/x").ok());
  TestFolder folder;
  ASSERT_TRUE(WriteBundle(SampleRun(1), folder / "run.json").ok());
  EXPECT_TRUE(ReadBundle(folder / "run.json", {}).ok());
}

TEST(JsonText, RepairsWhatGoogleBenchmarkWrites) {
  EXPECT_EQ(RepairJson(R"({"a": NaN, "b": -Infinity, "c": "NaN \" inf", "d": -nan, "e": -1})"),
            R"({"a": null, "b": null, "c": "NaN \" inf", "d": null, "e": -1})");
  const std::string bytes = "\"a\xff\xc3\x28\xed\xa0\x80\"";
  EXPECT_EQ(RestoreBytes(RepairJson(bytes)), bytes);
}

TEST(JsonText, ShowsBytesThatAreNoText) {
  EXPECT_EQ(Printable("a\xff\n\xc3\xa9"), "a\\xff\\x0a\xc3\xa9");
  EXPECT_EQ(Printable("x\xe2\x80\xae"), "x\\xe2\\x80\\xae") << "a mark that turns text around";
  EXPECT_EQ(Printable("\xc2\x9b[31m"), "\\xc2\\x9b[31m") << "a control character of two bytes";
}

TEST(Packing, RoundTripsAndRefusesCutRows) {
  const store::Run run = SampleRun(2, {1, 40, false});
  const std::string packed = PackValues(run.rows[0].values, std::vector<std::uint32_t>{77});
  EXPECT_EQ(packed.size(), 40 * kPackedValueSize);
  std::vector<Value> values;
  std::vector<std::uint32_t> reasons;
  ASSERT_TRUE(UnpackValues(packed, 40, values, &reasons));
  EXPECT_EQ(values[5].value, run.rows[0].values[5].value);
  EXPECT_EQ(reasons[1], 77U);
  EXPECT_FALSE(UnpackValues(packed, 39, values, &reasons));
  std::vector<Launches> launches;
  const std::string good = PackLaunches(std::vector<Launches>{{0, {1, 2}}}, std::vector{5U});
  ASSERT_TRUE(UnpackLaunches(good, launches));
  EXPECT_EQ(launches[0].metric, 5U);
  EXPECT_FALSE(UnpackLaunches(std::string_view(good).substr(0, good.size() - 1), launches));
}

TEST(Sample, ARatioThatIsNotOneNeverReadsAsOne) {
  EXPECT_EQ(UnpackSampling(PackSampling(1)), 1.0);
  EXPECT_LT(*UnpackSampling(PackSampling(0.9999999)), 1.0);
  EXPECT_GT(*UnpackSampling(PackSampling(1e-9)), 0.0);
  EXPECT_EQ(UnpackSampling(PackSampling({})), std::nullopt);
}

TEST(Sample, MergesLaunches) {
  std::vector<store::Run> launches;
  for (unsigned i = 1; i <= 5; ++i) {
    store::Run run = SampleRun(i, {1, 1, false});
    run.rows[0].values[0].value = i;
    run.rows[0].values[0].sampling = PackSampling(i / 10.0);
    launches.push_back(std::move(run));
  }
  const store::Run merged = MergeLaunches(launches);
  const Value& value = merged.rows[0].values[0];
  EXPECT_EQ(value.value, 3);
  EXPECT_NEAR(value.spread, 1.4826, 1e-4);
  EXPECT_EQ(UnpackSampling(value.sampling), 0.1);
  EXPECT_THAT(merged.rows[0].launches[0].values, testing::ElementsAre(1, 2, 3, 4, 5));
}

}  // namespace
}  // namespace pmubench::store
