#include "branches/perf_records.h"

#include <gtest/gtest.h>
#include <linux/perf_event.h>

#include <cstring>

namespace pmubench {
namespace {

BranchSample Sample() {
  return {7,
          9,
          123456,
          0x401234,
          {{0x401000, 0x402000, Prediction::kRight, 3},
           {0x402010, 0x401000, Prediction::kWrong, 0},
           {1, 2, Prediction::kUnknown, 65535}},
          true,
          1};
}

// A sample by hand, of any layout.
class Bytes {
 public:
  explicit Bytes(std::uint32_t type, std::uint16_t misc = 0) {
    Put(type);
    Put(misc);
    Put(std::uint16_t{0});
  }
  template <typename T>
  Bytes& Put(T value) {
    const auto* start = reinterpret_cast<const std::uint8_t*>(&value);
    bytes_.insert(bytes_.end(), start, start + sizeof value);
    return *this;
  }
  std::vector<std::uint8_t> Done() {
    const auto size = static_cast<std::uint16_t>(bytes_.size());
    std::memcpy(bytes_.data() + 6, &size, sizeof size);
    return bytes_;
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

using u64 = std::uint64_t;

TEST(PerfRecords, SampleRoundTrip) {
  const PerfRecord record = DecodeRecord(EncodeSample(Sample()), EncodedLayout());
  EXPECT_EQ(record.body, RecordBody(Sample()));
  EXPECT_EQ(record.time_ns, 123456u);
}

TEST(PerfRecords, MappingRoundTripWithAndWithoutBuildId) {
  for (const char* build_id : {"", "00112233445566778899aabbccddeeff00112233", "a1b2"}) {
    const CodeMapping mapping{7, 0, 0x400000, 0x1000, 0x2000, "/usr/bin/a program", build_id};
    EXPECT_EQ(DecodeRecord(EncodeMapping(mapping), EncodedLayout()).body, RecordBody(mapping));
  }
}

TEST(PerfRecords, EmptyStackIsASample) {
  BranchSample sample = Sample();
  sample.branches.clear();
  EXPECT_EQ(DecodeRecord(EncodeSample(sample), EncodedLayout()).body, RecordBody(sample));
}

TEST(PerfRecords, HardwareIndexCountersCallChainAndRawAreSteppedOver) {
  RecordLayout layout;
  layout.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
                       PERF_SAMPLE_ADDR | PERF_SAMPLE_CPU | PERF_SAMPLE_CALLCHAIN |
                       PERF_SAMPLE_RAW | PERF_SAMPLE_BRANCH_STACK;
  layout.branch_sample_type =
      PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_HW_INDEX | u64{1} << 19;  // counters
  Bytes bytes(PERF_RECORD_SAMPLE);
  bytes.Put(u64{77}).Put(u64{0x400100}).Put(std::uint32_t{5}).Put(std::uint32_t{6});
  bytes.Put(u64{0xADD}).Put(u64{3});
  bytes.Put(u64{2}).Put(u64{0x1}).Put(u64{0x2});               // call chain
  bytes.Put(std::uint32_t{4}).Put(std::uint32_t{0xDEADBEEF});  // raw
  bytes.Put(u64{1}).Put(u64{31});                              // one branch, hw_idx
  bytes.Put(u64{0x10}).Put(u64{0x20}).Put(u64{1}).Put(u64{99});
  const PerfRecord record = DecodeRecord(bytes.Done(), layout);
  const auto* sample = std::get_if<BranchSample>(&record.body);
  ASSERT_NE(sample, nullptr);
  EXPECT_EQ(sample->ip, 0x400100u);
  EXPECT_EQ(sample->pid, 5u);
  ASSERT_EQ(sample->branches.size(), 1u);
  EXPECT_EQ(sample->branches[0], (Branch{0x10, 0x20, Prediction::kWrong, 0}));
}

TEST(PerfRecords, FilteredStacksAreNotComplete) {
  RecordLayout layout = EncodedLayout();
  layout.branch_sample_type = PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_ANY_CALL;
  const PerfRecord record = DecodeRecord(EncodeSample(Sample()), layout);
  EXPECT_FALSE(std::get<BranchSample>(record.body).complete);
}

TEST(PerfRecords, MoreBranchesThanBytesIsMalformed) {
  auto bytes = EncodeSample(Sample());
  for (const u64 count : {u64{4}, u64{1} << 40, ~u64{0}}) {
    std::memcpy(bytes.data() + 8 + 32, &count, sizeof count);
    EXPECT_TRUE(std::holds_alternative<MalformedRecord>(DecodeRecord(bytes, EncodedLayout()).body))
        << count;
  }
}

TEST(PerfRecords, CutOffAnywhereIsMalformed) {
  const auto whole = EncodeSample(Sample());
  for (std::uint16_t size = 8; size < whole.size(); size = static_cast<std::uint16_t>(size + 8)) {
    auto cut = whole;
    cut.resize(size);
    std::memcpy(cut.data() + 6, &size, sizeof size);
    EXPECT_TRUE(std::holds_alternative<MalformedRecord>(DecodeRecord(cut, EncodedLayout()).body));
  }
}

TEST(PerfRecords, OtherRecordsCarryTheTimeAtTheirEnd) {
  RecordLayout layout = EncodedLayout();
  layout.sample_id_all = true;
  Bytes fork(PERF_RECORD_FORK);
  fork.Put(std::uint32_t{11}).Put(std::uint32_t{10});  // pid, ppid
  fork.Put(std::uint32_t{11}).Put(std::uint32_t{10}).Put(u64{5});
  fork.Put(std::uint32_t{10}).Put(std::uint32_t{10}).Put(u64{4242});  // TID, TIME
  const PerfRecord record = DecodeRecord(fork.Done(), layout);
  EXPECT_EQ(record.body, RecordBody(ForkRecord{11, 10}));
  EXPECT_EQ(record.time_ns, 4242u);
}

TEST(PerfRecords, LostThrottledAndExec) {
  EXPECT_EQ(DecodeRecord(EncodeLost(17), EncodedLayout()).body, RecordBody(LostRecord{17}));
  EXPECT_EQ(DecodeRecord(EncodeName(3, "sh", true), EncodedLayout()).body,
            RecordBody(ExecRecord{3}));
  EXPECT_EQ(DecodeRecord(EncodeName(3, "sh", false), EncodedLayout()).body,
            RecordBody(OtherRecord{PERF_RECORD_COMM}));
  Bytes lost(PERF_RECORD_LOST_SAMPLES);
  lost.Put(u64{6});
  EXPECT_EQ(DecodeRecord(lost.Done(), EncodedLayout()).body, RecordBody(LostRecord{6}));
  Bytes throttle(PERF_RECORD_THROTTLE);
  throttle.Put(u64{1}).Put(u64{2}).Put(u64{3});
  EXPECT_EQ(DecodeRecord(throttle.Done(), EncodedLayout()).body, RecordBody(ThrottleRecord{}));
}

TEST(PerfRecords, DataMappingsAreNotCode) {
  auto bytes = EncodeMapping({7, 0, 0x400000, 0x1000, 0, "/x", ""});
  const std::uint32_t read_only = 1;
  std::memcpy(bytes.data() + 8 + 8 + 24 + 24, &read_only, sizeof read_only);
  EXPECT_TRUE(std::holds_alternative<OtherRecord>(DecodeRecord(bytes, EncodedLayout()).body));
}

}  // namespace
}  // namespace pmubench
