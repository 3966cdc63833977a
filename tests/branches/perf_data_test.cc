#include "branches/perf_data.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "branches/perf_records.h"
#include "branches/perf_script.h"
#include "branches/ring_buffer.h"
#include "test_folder.h"

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

PerfDataWriter Written() {
  PerfDataWriter writer;
  writer.OnMapping({42, 0, 0x400000, 0x2000, 0, "/usr/bin/true", ""});
  for (std::uint64_t i = 1; i <= 20; ++i) {
    BranchSample sample;
    sample.pid = sample.tid = 42;
    sample.time_ns = i * 1000000;
    sample.ip = 0x400100 + i;
    for (std::uint64_t k = 0; k < i % 5 + 1; ++k) {
      sample.branches.push_back({0x400200 + i * 16 + k, 0x400300 + i,
                                 k % 2 == 0 ? Prediction::kRight : Prediction::kWrong, 0});
    }
    writer.OnSample(sample);
  }
  return writer;
}

// The bytes that a tool gets in the file are those that come out of a ring buffer, at any offset.
TEST(PerfData, TheSameBytesThroughARing) {
  const PerfDataWriter writer = Written();
  const std::vector<std::uint8_t>& records = writer.records();
  std::size_t size = 1;
  while (size < records.size()) size *= 2;
  std::vector<std::uint8_t> scratch;
  for (std::size_t offset = 0; offset < size; offset += 8) {
    std::vector<std::uint8_t> ring(size);
    for (std::size_t i = 0; i < records.size(); ++i) ring[(offset + i) & (size - 1)] = records[i];
    PerfDataWriter again;
    DrainRing(ring, offset + records.size(), offset, scratch,
              [&](std::span<const std::uint8_t> record) {
                Deliver(DecodeRecord(record, EncodedLayout()), again);
              });
    ASSERT_EQ(again.records(), records) << offset;
  }
}

TEST(PerfData, PerfScriptPrintsWhatWasWritten) {
  if (std::system("command -v perf > /dev/null 2>&1") != 0) GTEST_SKIP() << "perf is not installed";
  const TestFolder folder;
  const std::string path = folder / "perf.data";
  const auto bytes = Written().File();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  const std::string text = path + ".txt";
  if (std::system(("perf script -i " + path + " -F pid,ip,brstack --show-mmap-events > " + text +
                   " 2> " + path + ".err")
                      .c_str()) != 0) {
    std::ifstream errors(path + ".err");
    FAIL() << std::string((std::istreambuf_iterator<char>(errors)), {});
  }
  std::ifstream printed(text);
  Kept kept;
  const auto report = ImportPerfScript(printed, text, kept);
  ASSERT_TRUE(report) << report.error().ToString();
  ASSERT_EQ(kept.mappings.size(), 1u);
  EXPECT_EQ(kept.mappings[0].start, 0x400000u);
  ASSERT_EQ(kept.samples.size(), 20u);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const BranchSample& sample = kept.samples[i - 1];
    EXPECT_EQ(sample.pid, 42u);
    EXPECT_EQ(sample.ip, 0x400100 + i);
    ASSERT_EQ(sample.branches.size(), i % 5 + 1);
    EXPECT_EQ(sample.branches[0], (Branch{0x400200 + i * 16, 0x400300 + i, Prediction::kRight, 0}));
  }
}

}  // namespace
}  // namespace pmubench
