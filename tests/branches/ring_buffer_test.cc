#include "branches/ring_buffer.h"

#include <gtest/gtest.h>
#include <linux/perf_event.h>

#include <cstring>
#include <random>

#include "branches/perf_data.h"

namespace pmubench {
namespace {

BranchSample Sample(std::uint64_t seed, std::size_t depth) {
  BranchSample sample;
  sample.pid = 7;
  sample.tid = 8;
  sample.time_ns = 1000 + seed;
  sample.ip = 0x400000 + seed;
  for (std::size_t i = 0; i < depth; ++i) {
    sample.branches.push_back({0x401000 + seed + i, 0x402000 + seed * 3 + i,
                               i % 3 == 0   ? Prediction::kUnknown
                               : i % 3 == 1 ? Prediction::kRight
                                            : Prediction::kWrong,
                               static_cast<std::uint16_t>(i)});
  }
  return sample;
}

// Records of all kinds and lengths, one after another.
std::vector<std::vector<std::uint8_t>> Records() {
  std::vector<std::vector<std::uint8_t>> records;
  records.push_back(EncodeName(7, "program", true));
  CodeMapping mapping{7, 0, 0x400000, 0x5000, 0x1000, "/usr/bin/program", "0123456789abcdef0123"};
  records.push_back(EncodeMapping(mapping));
  mapping.build_id.clear();
  mapping.path = "/x";
  records.push_back(EncodeMapping(mapping));
  for (std::uint64_t i = 0; i < 12; ++i) records.push_back(EncodeSample(Sample(i, i * 3 % 11)));
  records.push_back(EncodeLost(5));
  records.push_back(EncodeSample(Sample(99, 32)));
  return records;
}

// Feeds `records` through a ring of `size` bytes that starts at `offset`, as the kernel would:
// records are written while there is room, then the reader drains.
std::vector<std::vector<std::uint8_t>> Through(
    const std::vector<std::vector<std::uint8_t>>& records, std::size_t size, std::uint64_t offset) {
  std::vector<std::uint8_t> ring(size, 0xEE);
  std::vector<std::uint8_t> scratch;
  std::vector<std::vector<std::uint8_t>> seen;
  std::uint64_t head = offset;
  std::uint64_t tail = offset;
  std::size_t next = 0;
  while (next < records.size() || tail != head) {
    while (next < records.size() && head - tail + records[next].size() <= size) {
      for (const std::uint8_t byte : records[next]) ring[head++ & (size - 1)] = byte;
      ++next;
    }
    const DrainResult drained =
        DrainRing(ring, head, tail, scratch, [&](std::span<const std::uint8_t> record) {
          seen.emplace_back(record.begin(), record.end());
        });
    EXPECT_FALSE(drained.broken);
    EXPECT_EQ(drained.tail, head);
    tail = drained.tail;
  }
  return seen;
}

TEST(DrainRing, EveryWrapOffsetGivesTheSameRecords) {
  const auto records = Records();
  for (const std::size_t size : {1024u, 4096u}) {
    // Records are multiples of 8 bytes, and so are the kernel's positions.
    for (std::uint64_t offset = 0; offset < size; offset += 8) {
      ASSERT_EQ(Through(records, size, offset), records) << "size " << size << " at " << offset;
    }
  }
}

TEST(DrainRing, PositionsMayWrapAround64Bits) {
  const auto records = Records();
  for (std::uint64_t before = 0; before < 1024; before += 8) {
    ASSERT_EQ(Through(records, 1024, ~std::uint64_t{0} - 1023 + before), records);
  }
}

TEST(DrainRing, TruncatedRecordIsGivenUp) {
  const auto sample = EncodeSample(Sample(1, 4));
  for (std::size_t cut = 8; cut < sample.size(); cut += 8) {
    std::vector<std::uint8_t> ring(512, 0);
    std::memcpy(ring.data(), sample.data(), cut);
    std::vector<std::uint8_t> scratch;
    int seen = 0;
    const DrainResult drained = DrainRing(ring, cut, 0, scratch, [&](auto) { ++seen; });
    EXPECT_TRUE(drained.broken);
    EXPECT_EQ(drained.tail, cut);
    EXPECT_EQ(seen, 0);
  }
}

TEST(DrainRing, ZeroSizeDoesNotLoop) {
  const std::vector<std::uint8_t> ring(64, 0);
  std::vector<std::uint8_t> scratch;
  const DrainResult drained = DrainRing(ring, 64, 0, scratch, [](auto) { FAIL(); });
  EXPECT_TRUE(drained.broken);
  EXPECT_EQ(drained.tail, 64u);
}

TEST(DrainRing, OvertakenReaderStartsAgainAtTheHead) {
  const std::vector<std::uint8_t> ring(64, 0);
  std::vector<std::uint8_t> scratch;
  const DrainResult drained = DrainRing(ring, 200, 0, scratch, [](auto) { FAIL(); });
  EXPECT_TRUE(drained.broken);
  EXPECT_EQ(drained.tail, 200u);
}

// Whatever lies in the ring: no crash, no endless loop, the tail reaches the head, and every record
// decodes to something. Run under the address and undefined-behaviour sanitizers too.
TEST(DrainRing, RandomBytesAndBitFlips) {
  std::mt19937_64 random(20260101);
  const auto records = Records();
  std::vector<std::uint8_t> scratch;
  const RecordLayout layouts[] = {
      EncodedLayout(),
      {~std::uint64_t{0} & ~std::uint64_t{PERF_SAMPLE_READ}, ~std::uint64_t{0}, true},
      {0, 0, true}};
  for (int turn = 0; turn < 20000; ++turn) {
    std::vector<std::uint8_t> ring(1024);
    std::uint64_t head = 0;
    if (turn % 2 == 0) {
      for (auto& byte : ring) byte = static_cast<std::uint8_t>(random());
      head = random() % 1025;
    } else {
      for (const auto& record : records) {
        if (head + record.size() > ring.size()) break;
        std::memcpy(ring.data() + head, record.data(), record.size());
        head += record.size();
      }
      for (int flip = 0; flip < 8; ++flip) {
        ring[random() % ring.size()] ^= static_cast<std::uint8_t>(1u << random() % 8);
      }
    }
    const RecordLayout& layout = layouts[turn % 3];
    const DrainResult drained =
        DrainRing(ring, head, 0, scratch, [&](std::span<const std::uint8_t> record) {
          const PerfRecord decoded = DecodeRecord(record, layout);
          if (const auto* sample = std::get_if<BranchSample>(&decoded.body)) {
            EXPECT_LE(sample->branches.size() * 24, record.size());
          }
        });
    ASSERT_EQ(drained.tail, head);
  }
}

class Times : public BranchSink {
 public:
  void OnMapping(const CodeMapping& mapping) override { times.push_back(mapping.time_ns); }
  void OnFork(std::uint32_t, std::uint32_t) override {}
  void OnExec(std::uint32_t) override {}
  void OnSample(const BranchSample& sample) override { times.push_back(sample.time_ns); }
  void OnLost(std::uint64_t records) override { lost += records; }
  std::vector<std::uint64_t> times;
  std::uint64_t lost = 0;
};

PerfRecord At(std::uint64_t time) {
  BranchSample sample;
  sample.time_ns = time;
  return {time, sample};
}

TEST(RecordOrder, MergesBuffersByTimeOneRoundLate) {
  Times sink;
  RecordOrder order(sink);
  for (const std::uint64_t time : {10, 30, 50, 20, 40}) order.Add(At(time));
  order.EndRound();
  EXPECT_TRUE(sink.times.empty());
  for (const std::uint64_t time : {60, 45, 55}) order.Add(At(time));
  order.EndRound();
  EXPECT_EQ(sink.times, (std::vector<std::uint64_t>{10, 20, 30, 40, 45, 50}));
  order.Flush();
  EXPECT_EQ(sink.times, (std::vector<std::uint64_t>{10, 20, 30, 40, 45, 50, 55, 60}));
}

TEST(RecordOrder, RecordsWithoutTimeAreNotHeldBack) {
  Times sink;
  RecordOrder order(sink);
  order.Add({0, LostRecord{4}});
  EXPECT_EQ(sink.lost, 4u);
}

}  // namespace
}  // namespace pmubench
