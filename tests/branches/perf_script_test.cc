#include "branches/perf_script.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pmubench {
namespace {

class Kept : public BranchSink {
 public:
  void OnMapping(const CodeMapping& mapping) override { mappings.push_back(mapping); }
  void OnFork(std::uint32_t, std::uint32_t) override {}
  void OnExec(std::uint32_t) override {}
  void OnSample(const BranchSample& sample) override { samples.push_back(sample); }
  void OnLost(std::uint64_t records) override { lost += records; }
  std::vector<CodeMapping> mappings;
  std::vector<BranchSample> samples;
  std::uint64_t lost = 0;
};

Result<ImportReport> Import(const std::string& text, Kept& kept) {
  std::istringstream stream(text);
  return ImportPerfScript(stream, "script", kept);
}

TEST(PerfScript, AddressesFlagsAndMappings) {
  Kept kept;
  const auto report = Import(
      "app 42 [000] 1.0: PERF_RECORD_MMAP2 42/42: [0x555555554000(0x2000) @ 0x1000 fe:01 77 0]: "
      "r-xp /tmp/an app\n"
      "app 42 [000] 1.0: PERF_RECORD_MMAP2 42/42: [0x555555557000(0x2000) @ 0x1000 fe:01 77 0]: "
      "r--p /tmp/an app\n"
      "   42      555555554123  0x555555554100/0x555555554120/P/-/-/4  "
      "0x5555555540f0/0x555555554100/M/-/-/0/COND/-  0x10/0x20/-/-/-/0\n",
      kept);
  ASSERT_TRUE(report);
  ASSERT_EQ(kept.mappings.size(), 1u);
  EXPECT_EQ(kept.mappings[0],
            (CodeMapping{42, 0, 0x555555554000, 0x2000, 0x1000, "/tmp/an app", ""}));
  ASSERT_EQ(kept.samples.size(), 1u);
  const BranchSample& sample = kept.samples[0];
  EXPECT_EQ(sample.pid, 42u);
  EXPECT_EQ(sample.ip, 0x555555554123u);
  ASSERT_EQ(sample.branches.size(), 3u);
  EXPECT_EQ(sample.branches[0], (Branch{0x555555554100, 0x555555554120, Prediction::kRight, 4}));
  EXPECT_EQ(sample.branches[1].prediction, Prediction::kWrong);
  EXPECT_EQ(sample.branches[2].prediction, Prediction::kUnknown);
  EXPECT_TRUE(sample.complete);
}

// The 2 of MMAP2 is not the first digit of a process number, and MMAP has none.
TEST(PerfScript, MappingsOfProcessesThatStartWithTwo) {
  const std::string sample = "2242 401000  0x401000/0x401010/P/-/-/0\n";
  for (const std::string kind : {"MMAP2", "MMAP"}) {
    Kept kept;
    ASSERT_TRUE(Import("2242 PERF_RECORD_" + kind +
                           " 2242/2242: [0x400000(0x2000) @ 0 00:00 0 0]: r-xp /app\n" + sample,
                       kept));
    ASSERT_EQ(kept.mappings.size(), 1u);
    EXPECT_EQ(kept.mappings[0].pid, 2242u);
  }
}

TEST(PerfScript, DefaultColumnsAndDsoNames) {
  Kept kept;
  ASSERT_TRUE(
      Import("my app  4242/4243 [001] 12.345678:  1000003 cycles:u:  401136 main+0x6 (/a) "
             "0x401130(/usr/bin/app)/0x401136(/usr/bin/app)/P/-/-/1\n",
             kept));
  ASSERT_EQ(kept.samples.size(), 1u);
  EXPECT_EQ(kept.samples[0].pid, 4242u);
  EXPECT_EQ(kept.samples[0].tid, 4243u);
  EXPECT_EQ(kept.samples[0].ip, 0x401136u);
  EXPECT_EQ(kept.samples[0].branches[0].from, 0x401130u);
}

TEST(PerfScript, AggregatedSamplesRepeat) {
  Kept kept;
  ASSERT_TRUE(Import("12\n 401136 0x401130/0x401136/P/-/-/0\n 401136 0x1/0x2/-/-/-/0\n", kept));
  ASSERT_EQ(kept.samples.size(), 2u);
  EXPECT_EQ(kept.samples[0].repeats, 12u);
  EXPECT_EQ(kept.samples[1].repeats, 1u);
}

TEST(PerfScript, NotTakenBranchesOfSpeAreLeftOut) {
  Kept kept;
  ASSERT_TRUE(Import(" 401136 0xa/0xb/PN/-/-/11/COND/- 0x1/0x2/P/-/-/0\n", kept));
  ASSERT_EQ(kept.samples[0].branches.size(), 1u);
  EXPECT_FALSE(kept.samples[0].complete);
}

TEST(PerfScript, LostRecordsAreCounted) {
  Kept kept;
  ASSERT_TRUE(Import("a 1 [000] 1.0: PERF_RECORD_LOST lost 33\n 10 0x1/0x2/P/-/-/0\n", kept));
  EXPECT_EQ(kept.lost, 33u);
}

TEST(PerfScript, SymbolicOrEmptyTextSaysHowToPrint) {
  Kept kept;
  const auto symbolic = Import(" 401136 main+0x4/main+0x10/P/-/-/0\n", kept);
  ASSERT_FALSE(symbolic);
  EXPECT_NE(symbolic.error().message.find("brstacksym"), std::string::npos);
  const auto empty = Import("hello\nworld 1 2 3\n\n", kept);
  ASSERT_FALSE(empty);
  EXPECT_NE(empty.error().remedy.find("-j any,u"), std::string::npos);
}

}  // namespace
}  // namespace pmubench
