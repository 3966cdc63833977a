#include "bandwidth/replay.h"

#include <gmock/gmock.h>

#include "bandwidth/sources.h"

namespace pmubench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

Recording Record(const std::string& text) {
  auto parsed = ParsePerfText(text);
  EXPECT_TRUE(parsed.ok());
  return {"made-up", *std::move(parsed)};
}

BandwidthRun Evaluate(const std::vector<std::string>& texts, const std::string& source) {
  std::vector<Recording> recordings;
  for (const std::string& text : texts) recordings.push_back(Record(text));
  auto run = EvaluateRecordings(recordings, *SourceNamed(source));
  EXPECT_TRUE(run.ok()) << (run.ok() ? "" : run.error().ToString());
  return *std::move(run);
}

TEST(Replay, ComputesReadsAndWritesBySocket) {
  const auto run =
      Evaluate({"0.5|10||arm_dmc620_10008c000/clkdiv2_rdwr,mask=1,match=0/|9|100.00||\n"
                "0.5|4||arm_dmc620_50008c000/clkdiv2_rdwr,mask=1,match=1/|9|100.00||\n"
                "2.0|30||arm_dmc620_10008c000/clkdiv2_rdwr,mask=1,match=0/|9|100.00||\n"
                "2.0|6||arm_dmc620_50008c000/clkdiv2_rdwr,mask=1,match=1/|9|100.00||\n"},
               "dmc620");
  EXPECT_EQ(run.seconds, 2.0);
  EXPECT_EQ(run.OverTime().read, 40 * 64 / 2.0);
  EXPECT_EQ(run.OverTime().write, 10 * 64 / 2.0);
  EXPECT_EQ(run.OverTime().total, 50 * 64 / 2.0);
  ASSERT_EQ(run.moved.sockets.size(), 2U);
  EXPECT_EQ(run.moved.sockets.at(0).read, 40 * 64.0);
  EXPECT_EQ(run.moved.sockets.at(1).write, 10 * 64.0);
  ASSERT_EQ(run.intervals.size(), 2U);
  EXPECT_EQ(run.intervals[1].seconds, 1.5);
  EXPECT_EQ(run.OverIntervals().read, (10 * 64 / 0.5 + 30 * 64 / 1.5) / 2);
  EXPECT_FALSE(run.incomplete);
}

TEST(Replay, JoinsFilesAsOneRun) {
  const std::string file =
      "2.0|10||arm_cmn_0/hnf_mc_reqs/|9|100.00||\n2.0|1||arm_cmn_0/hnf_mc_retries/|9|100.00||\n";
  const auto run = Evaluate({file, file}, "cmn-hnf");
  EXPECT_EQ(run.seconds, 4.0);
  EXPECT_EQ(run.OverTime().total, 2 * 9 * 64 / 4.0);
  EXPECT_FALSE(run.OverTime().read.has_value());
  EXPECT_EQ(run.intervals[1].begin, 2.0);
  // The same, one after the other in one file.
  const std::string earlier =
      "1.0|0||arm_cmn_0/hnf_mc_reqs/|9|100.00||\n1.0|0||arm_cmn_0/hnf_mc_retries/|9|100.00||\n";
  const auto joined = Evaluate({earlier + file + earlier + file}, "cmn-hnf");
  EXPECT_EQ(joined.seconds, 4.0);
  EXPECT_EQ(joined.OverTime().total, run.OverTime().total);
}

TEST(Replay, SaysWhatIsMissing) {
  const auto run = Evaluate({"1.0|10||arm_cmn_0/hnf_mc_reqs/|9|100.00||\n"
                             "1.0|0||arm_cmn_0/hnf_mc_retries/|9|100.00||\n"
                             "2.0|<not counted>||arm_cmn_0/hnf_mc_reqs/|0|0.00||\n"
                             "2.0|0||arm_cmn_0/hnf_mc_retries/|9|100.00||\n"
                             "3.0|10||arm_cmn_0/hnf_mc_reqs/|9|100.00||\n"
                             "3.0|1||arm_cmn_0/hnf_mc_ret"},
                            "cmn-hnf");
  EXPECT_TRUE(run.incomplete);
  EXPECT_EQ(run.not_counted, 1U);
  EXPECT_FALSE(run.intervals[0].incomplete);
  EXPECT_TRUE(run.intervals[1].incomplete);
  EXPECT_TRUE(run.intervals[2].incomplete);
  EXPECT_THAT(run.notes, Contains(HasSubstr("not counted")));
  EXPECT_THAT(run.notes, Contains(HasSubstr("cut off")));
  EXPECT_THAT(run.notes, Contains(HasSubstr("1 of 3 intervals lack events")));
}

TEST(Replay, KnowsWhatASourceCannotTell) {
  const auto misses = Evaluate({"2.0|10||arm_cmn_0/hnf_cache_miss/|9|100.00||\n"}, "llc-misses");
  EXPECT_EQ(misses.OverTime().read, 320.0);
  EXPECT_FALSE(misses.OverTime().write.has_value());
  EXPECT_FALSE(misses.OverTime().total.has_value());
  EXPECT_TRUE(misses.source.estimate);
  const auto reads = Evaluate({"1.0|10||amd_umc_0/umc_cas_cmd.rd/|9|100.00||\n"}, "amd-umc");
  EXPECT_FALSE(reads.OverTime().total.has_value());
  EXPECT_THAT(reads.notes, Contains(HasSubstr("no event for writes")));
}

TEST(Replay, TellsGenerationsOfIntelCodesApart) {
  const auto skylake = Evaluate({"1.0|10||uncore_imc_0/event=0x04,umask=0x03/|9|100.00||\n"
                                 "1.0|4||uncore_imc_0/event=0x04,umask=0x0c/|9|100.00||\n"
                                 "1.0|14||uncore_imc_0/event=0x04,umask=0x0f/|9|100.00||\n"},
                                "imc");
  EXPECT_EQ(skylake.OverTime().total, 14 * 64.0);
  const auto icelake = Evaluate({"1.0|10||imc/event=0x04,umask=0x0f/|9|100.00||\n"
                                 "1.0|4||imc/event=0x04,umask=0x30/|9|100.00||\n"},
                                "imc");
  EXPECT_EQ(icelake.OverTime().read, 10 * 64.0);
  const auto scaled = Evaluate({"1.0|CPU0|1.50|MiB|uncore_imc/cas_count_read_sch0/|9|100.00||\n"
                                "1.0|CPU8|0.50|MiB|uncore_imc/cas_count_read_sch1/|9|100.00||\n"},
                               "imc");
  EXPECT_EQ(scaled.OverTime().read, 2 * 1048576.0);
  EXPECT_EQ(scaled.moved.sockets.size(), 2U);
}

TEST(Replay, NeedsTimesAndEvents) {
  const std::vector<Recording> timeless = {Record("10||arm_cmn_0/hnf_mc_reqs/|9|100.00||\n")};
  const auto none = EvaluateRecordings(timeless, CmnHomeNodeSource());
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().remedy, HasSubstr("-I 1000"));
  EXPECT_EQ(EvaluateRecordings(timeless, CmnHomeNodeSource(), 2.0)->OverTime().total, 320.0);
  EXPECT_FALSE(EvaluateRecordings(timeless, Dmc620Source(), 2.0).ok());
  EXPECT_EQ(SourceOfRecordings(timeless)->info.name, "cmn-hnf");
  EXPECT_FALSE(SourceOfRecordings({Record("1.0|5||cycles|9|100.00||\n")}).ok());
}

}  // namespace
}  // namespace pmubench
