#include <gmock/gmock.h>

#include <cmath>

#include "common/cpus.h"
#include "stream/arrays.h"
#include "stream/knee.h"
#include "stream/memory_meter.h"
#include "stream/reference.h"
#include "stream/team.h"
#include "stream/traffic.h"

namespace pmubench::stream {
namespace {

TEST(StreamTraffic, CountsWordsAsStreamAndAsTheHardwareDoes) {
  EXPECT_EQ(MemoryBytes(Op::kCopy, 0), 16);
  EXPECT_EQ(MemoryBytes(Op::kScale, 0), 16);
  EXPECT_EQ(MemoryBytes(Op::kAdd, 0), 24);
  EXPECT_EQ(MemoryBytes(Op::kTriad, 0), 24);
  EXPECT_EQ(MemoryBytes(Op::kCopy, 1), 24);
  EXPECT_EQ(MemoryBytes(Op::kTriad, 1), 32);
  EXPECT_EQ(MemoryBytes(Op::kRead, 1), 8);
  EXPECT_EQ(MemoryBytes(Op::kWrite, 1), 16);
}

TEST(StreamTraffic, SolvesForTheWriteAllocateShare) {
  const double n = 1e6;
  EXPECT_NEAR(*WriteAllocateFromReads(Op::kCopy, 8 * n * 1.0, n), 0.0, 1e-12);
  EXPECT_NEAR(*WriteAllocateFromReads(Op::kCopy, 8 * n * 2.0, n), 1.0, 1e-12);
  EXPECT_NEAR(*WriteAllocateFromReads(Op::kTriad, 8 * n * 2.4, n), 0.4, 1e-12);
  EXPECT_FALSE(WriteAllocateFromReads(Op::kRead, 8 * n, n).has_value());
}

TEST(StreamTraffic, EstimatesTheShareFromTime) {
  // A memory of 22 GB/s that reads every stored line first.
  const auto rates = [](double share) {
    std::vector<Rate> out;
    for (const Op op : {Op::kCopy, Op::kScale, Op::kAdd, Op::kTriad}) {
      out.push_back({op, 22e9 / MemoryBytes(op, share)});
    }
    return out;
  };
  EXPECT_NEAR(EstimateWriteAllocate(rates(1.0))->share, 1.0, 0.011);
  EXPECT_NEAR(EstimateWriteAllocate(rates(0.0))->share, 0.0, 0.011);
  EXPECT_NEAR(EstimateWriteAllocate(rates(0.3))->share, 0.3, 0.011);
  EXPECT_GT(EstimateWriteAllocate(rates(1.0))->spread_without, 0.1);
  EXPECT_FALSE(EstimateWriteAllocate({}).has_value());
}

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// An interval in which the memory moved so many bytes.
MeterInterval MovedBytes(std::optional<double> read, std::optional<double> written) {
  MeterInterval interval;
  interval.seconds = 1;
  interval.moved.all.read = read;
  interval.moved.all.write = written;
  interval.moved.all.Complete();
  return interval;
}

TEST(StreamMemoryTraffic, SaysWhichShareOfTheStoresWasReadFirst) {
  // Triad over 1000 elements: 16000 bytes of sources, and 3/4 of the 8000 that are stored.
  const MemoryTraffic triad = TrafficOf(Op::kTriad, MovedBytes(22000, 8000), 1000);
  EXPECT_DOUBLE_EQ(*triad.read, 22);
  EXPECT_DOUBLE_EQ(*triad.written, 8);
  EXPECT_DOUBLE_EQ(*triad.total, 30);
  EXPECT_DOUBLE_EQ(*triad.write_allocate, 0.75);
  EXPECT_FALSE(TrafficOf(Op::kRead, MovedBytes(8000, 0), 1000).write_allocate.has_value());
}

TEST(StreamMemoryTraffic, SaysNothingOfWhatTheSourceCannotTell) {
  MeterInterval total_only;
  total_only.moved.all.total = 32000;
  const MemoryTraffic traffic = TrafficOf(Op::kCopy, total_only, 1000);
  EXPECT_DOUBLE_EQ(*traffic.total, 32);
  EXPECT_FALSE(traffic.read.has_value());
  EXPECT_FALSE(traffic.write_allocate.has_value());
  EXPECT_FALSE(TrafficOf(Op::kCopy, MovedBytes(1, 1), 0).read.has_value());
}

TEST(StreamKnee, FindsTheEndOfTheLastCache) {
  // Measured, one thread, on a virtual machine that claims 480 MiB of last-level cache.
  const auto knee = FindKnee({{1 * kMiB, 153},
                              {2 * kMiB, 72},
                              {8 * kMiB, 31},
                              {32 * kMiB, 30},
                              {64 * kMiB, 29.5},
                              {96 * kMiB, 21},
                              {128 * kMiB, 17.7},
                              {256 * kMiB, 17.1},
                              {512 * kMiB, 16.9},
                              {1024 * kMiB, 16.7}});
  ASSERT_TRUE(knee.has_value());
  EXPECT_EQ(knee->fits, 64 * kMiB);
  EXPECT_EQ(knee->beyond, 128 * kMiB);
  EXPECT_NEAR(knee->memory_gb_per_second, 17, 0.2);
  EXPECT_NEAR(knee->cache_gb_per_second, 29.5, 0.01);
  EXPECT_EQ(MemoryArrayBytes(*knee), 512 * kMiB);
}

TEST(StreamKnee, IsAboveALedgeOnTheWayDown) {
  // Measured on a virtual machine with other work beside it: 48 and 64 MiB lie 13 % above the rest.
  const auto knee = FindKnee({{4 * kMiB, 68.2},
                              {8 * kMiB, 62.8},
                              {12 * kMiB, 61.6},
                              {16 * kMiB, 49.7},
                              {24 * kMiB, 34.1},
                              {32 * kMiB, 30.8},
                              {48 * kMiB, 28.7},
                              {64 * kMiB, 28.6},
                              {96 * kMiB, 25.0},
                              {128 * kMiB, 25.7},
                              {192 * kMiB, 25.4},
                              {256 * kMiB, 24.7},
                              {384 * kMiB, 26.7},
                              {512 * kMiB, 25.3}});
  ASSERT_TRUE(knee.has_value());
  EXPECT_EQ(knee->fits, 12 * kMiB);
  EXPECT_EQ(knee->beyond, 96 * kMiB);
  EXPECT_NEAR(knee->memory_gb_per_second, 25.4, 0.01);
}

TEST(StreamKnee, GivesNoneWhereTheSizesEndInsideACache) {
  EXPECT_FALSE(FindKnee({{1, 100}, {2, 99}, {4, 101}, {8, 100}}).has_value());
  EXPECT_FALSE(FindKnee({{1, 100}, {2, 90}, {4, 60}, {8, 30}}).has_value());
  EXPECT_FALSE(FindKnee({}).has_value());
}

TEST(StreamArrays, SayWhatFitsWhenMemoryDoesNot) {
  const auto fits = CheckFits(std::size_t{90} << 30, std::size_t{10} << 30, 3);
  ASSERT_FALSE(fits.ok());
  EXPECT_THAT(fits.error().message, testing::HasSubstr("10240 MiB"));
  EXPECT_THAT(fits.error().remedy, testing::HasSubstr("at most 3072 MiB"));
  EXPECT_TRUE(CheckFits(1, 0).ok()) << "unknown memory refuses nothing";
}

TEST(StreamArrays, CheckSeesOneWrongElement) {
  auto arrays = Arrays::Allocate(4096, PageSize::kSmall);
  ASSERT_TRUE(arrays.ok());
  arrays->Fill();
  const Kernel* triad = FindKernel(BestIsa(), Op::kTriad, Store::kTemporal, "linear");
  ASSERT_NE(triad, nullptr);
  arrays->Run(*triad);
  EXPECT_EQ(arrays->Check(Op::kTriad, 0), "");
  arrays->a()[4095] += 1;
  EXPECT_THAT(arrays->Check(Op::kTriad, 0), testing::HasSubstr("element 4095"));
}

/// STREAM's own order and check: ten rounds of copy, scale, add, triad on arrays that depend on
/// each other, against the same arithmetic on three numbers.
TEST(StreamKernels, PassStreamsOwnValidation) {
  for (const Isa& isa : Isas()) {
    if (!isa.supported()) continue;
    auto arrays = Arrays::Allocate(10 * 512, PageSize::kSmall);
    ASSERT_TRUE(arrays.ok());
    double *a = arrays->a(), *b = arrays->b(), *c = arrays->c();
    const std::size_t n = arrays->size();
    double aj = 2, bj = 2, cj = 0;
    for (std::size_t i = 0; i < n; ++i) a[i] = aj, b[i] = bj, c[i] = cj;
    const auto kernel = [&](Op op) { return FindKernel(isa, op, Store::kTemporal, "pages4")->run; };
    for (int round = 0; round < 10; ++round) {
      kernel(Op::kCopy)(c, a, nullptr, n), cj = aj;
      kernel(Op::kScale)(b, c, nullptr, n), bj = kFactor * cj;
      kernel(Op::kAdd)(c, a, b, n), cj = aj + bj;
      kernel(Op::kTriad)(a, b, c, n), aj = bj + kFactor * cj;
    }
    double error = 0;
    for (std::size_t i = 0; i < n; ++i) {
      error += std::fabs(a[i] / aj - 1) + std::fabs(b[i] / bj - 1) + std::fabs(c[i] / cj - 1);
    }
    EXPECT_LT(error / static_cast<double>(n), 1e-13) << isa.name;
  }
}

TEST(StreamTeam, MeasuresAndChecksEveryReference) {
  auto team = Team::Start(1, kMiB, PageSize::kSmall);
  ASSERT_TRUE(team.ok()) << team.error().ToString();
  for (const Kernel& kernel : ReferenceKernels()) {
    const TeamTimes times = (*team)->Measure(kernel, 0.002);
    EXPECT_EQ(times.wrong, "") << kernel.method;
    EXPECT_GE(times.seconds.size(), 3U);
    EXPECT_GT(times.best(), 0);
    EXPECT_LE(times.best(), times.mean());
  }
}

TEST(StreamTeam, ChecksThePartThatWasUsed) {
  auto team = Team::Start(static_cast<int>(AllowedCpus().size()), kMiB, PageSize::kHuge);
  ASSERT_TRUE(team.ok()) << team.error().ToString();
  const Kernel* copy = FindKernel(BestIsa(), Op::kCopy, Store::kTemporal, "pages4");
  EXPECT_EQ((*team)->Measure(*copy, 0.002, 4096).wrong, "");
  // A kernel that gives something else is found out.
  const Kernel wrong{Op::kCopy, Store::kTemporal, "wrong",
                     [](double* a, const double*, const double*, std::size_t n) {
                       for (std::size_t i = 0; i < n; ++i) a[i] = 1;
                       return 0.0;
                     }};
  EXPECT_THAT((*team)->Measure(wrong, 0.002).wrong, testing::HasSubstr("instead of"));
}

TEST(PinnedHere, GivesTheCpusBack) {
  const std::vector<int> before = AllowedCpus();
  ASSERT_FALSE(before.empty());
  {
    const PinnedHere pin(before.back());
    ASSERT_TRUE(pin.pinned().ok());
    EXPECT_EQ(AllowedCpus(), std::vector<int>{before.back()});
  }
  EXPECT_EQ(AllowedCpus(), before);
  EXPECT_FALSE(PinToCpu(100000).ok());
}

TEST(StreamTeam, RefusesMoreThreadsThanCpus) {
  const auto team = Team::Start(100000, kMiB, PageSize::kSmall);
  ASSERT_FALSE(team.ok());
  EXPECT_EQ(team.error().code, ErrorCode::kUsage);
  EXPECT_THAT(team.error().message, testing::HasSubstr("100000 threads on"));
}

}  // namespace
}  // namespace pmubench::stream
