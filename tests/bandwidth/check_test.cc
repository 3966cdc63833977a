#include "bandwidth/check.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <thread>
#include <vector>

#include "bandwidth/traffic_team.h"
#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

KernelRun Copy(std::optional<double> read, std::optional<double> write) {
  KernelRun run;
  run.kernel = {TrafficKernel::kCopy, "copy", "", {1, 1, 1}};
  run.seconds = 1;
  run.program = {1000, 1000, 1000};
  run.measured = {read, write, std::nullopt};
  run.measured.Complete();
  return run;
}

TEST(Check, AgreesWithEitherKindOfCache) {
  const KernelCheck allocates = JudgeKernel(Copy(2010, 1000), 0.05);
  EXPECT_EQ(allocates.verdict, CheckVerdict::kAgrees);
  EXPECT_TRUE(allocates.allocates);
  EXPECT_NEAR(*allocates.read_ratio, 1.005, 1e-9);
  EXPECT_NEAR(*allocates.total_ratio, 3010.0 / 3000, 1e-9);
  const KernelCheck streams = JudgeKernel(Copy(1020, 1000), 0.05);
  EXPECT_EQ(streams.verdict, CheckVerdict::kAgrees);
  EXPECT_FALSE(streams.allocates);
  EXPECT_NEAR(*streams.allocated, 0.02, 1e-9);
}

TEST(Check, DiffersWhereHalfIsMissing) {
  const KernelCheck check = JudgeKernel(Copy(1000, 500), 0.05);
  EXPECT_EQ(check.verdict, CheckVerdict::kDiffers);
  EXPECT_THAT(check.why, HasSubstr("50.0 %"));
  EXPECT_EQ(JudgeSource({JudgeKernel(Copy(2000, 1000), 0.05), check}), CheckVerdict::kDiffers);
}

TEST(Check, NotMeasuredIsNoVerdict) {
  EXPECT_EQ(JudgeKernel(Copy({}, {}), 0.05).verdict, CheckVerdict::kNotMeasured);
  KernelRun incomplete = Copy(2000, 1000);
  incomplete.incomplete = true;
  EXPECT_EQ(JudgeKernel(incomplete, 0.05).verdict, CheckVerdict::kNotMeasured);
  EXPECT_EQ(JudgeSource({}), CheckVerdict::kNotMeasured);
}

TEST(Check, SourcesOfTotalsAndOfReads) {
  KernelRun total = Copy({}, {});
  total.measured.total = 3000;
  EXPECT_EQ(JudgeKernel(total, 0.05).verdict, CheckVerdict::kAgrees);
  EXPECT_FALSE(JudgeKernel(total, 0.05).read_ratio.has_value());
  EXPECT_EQ(JudgeKernel(Copy(2000, {}), 0.05).verdict, CheckVerdict::kAgrees);
}

TEST(TrafficKernels, ComputeWhatTheySay) {
  std::vector<double> memory(3 * 64 + 8);
  void* begin = memory.data();
  std::size_t space = memory.size() * sizeof(double);
  auto* a = static_cast<double*>(std::align(64, 3 * 64 * sizeof(double), begin, space));
  const TrafficArrays arrays = {a, a + 64, a + 128, 64};
  for (std::size_t i = 0; i < 64; ++i) {
    arrays.b[i] = static_cast<double>(i);
    arrays.c[i] = 2;
  }
  EXPECT_EQ(RunTrafficKernel(TrafficKernel::kRead, arrays), 63 * 64 / 2);
  RunTrafficKernel(TrafficKernel::kCopy, arrays);
  EXPECT_EQ(arrays.a[63], 63);
  RunTrafficKernel(TrafficKernel::kTriad, arrays);
  EXPECT_EQ(arrays.a[63], 69);
  for (const TrafficKernel kernel : {TrafficKernel::kWrite, TrafficKernel::kStreamWrite}) {
    std::fill_n(arrays.a, 64, 7.0);
    RunTrafficKernel(kernel, arrays);
    EXPECT_EQ(std::count(arrays.a, arrays.a + 64, 0.0), 64);
  }
  for (const TrafficKernelInfo& info : TrafficKernels()) EXPECT_FALSE(info.name.empty());
}

TEST(TrafficTeam, CountsWhatItMoves) {
  TrafficPlace place;
  place.cpus = {ReadBandwidthMachine("/").FirstCpu()};
  place.bytes_an_array = 64 * 1024;
  auto team = TrafficTeam::Start(place);
  ASSERT_TRUE(team.ok()) << team.error().message;
  const TrafficKernelInfo triad = TrafficKernels().back();
  for (int turn = 0; turn < 3; ++turn) {
    team->Begin(triad);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const TeamTraffic moved = team->End();
    EXPECT_EQ(std::fmod(moved.write, 64.0 * 1024), 0);
    EXPECT_EQ(moved.read, 2 * moved.write);
    EXPECT_EQ(moved.allocated, moved.write);
  }
}

TEST(TrafficTeam, SaysWhichCpuIsOffline) {
  TrafficPlace place;
  place.cpus = {1000};
  place.bytes_an_array = 4096;
  const auto team = TrafficTeam::Start(place);
  ASSERT_FALSE(team.ok());
  EXPECT_THAT(team.error().message, HasSubstr("CPU 1000"));
}

TEST(TrafficPlace, MemoryOfTheSocket) {
  const testing::FakeRoot root;
  testing::LayIntelServer(root);
  const auto machine = ReadBandwidthMachine(root.path());
  const auto both = PlaceOfSocket(machine, -1);
  const auto second = PlaceOfSocket(machine, 1);
  ASSERT_TRUE(both.ok());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(both->cpus.size(), 2 * second->cpus.size());
  EXPECT_THAT(second->nodes, SizeIs(1));
  EXPECT_GT(second->bytes_an_array, 0U);
  EXPECT_FALSE(PlaceOfSocket(machine, 7).ok());
}

TEST(TrafficPlace, SocketWithoutMemory) {
  const testing::FakeRoot root;
  testing::LayIntelServer(root);
  root.Write("sys/devices/system/node/node1/meminfo", "Node 1 MemTotal: 0 kB");
  const auto place = PlaceOfSocket(ReadBandwidthMachine(root.path()), 1);
  ASSERT_FALSE(place.ok());
  EXPECT_THAT(place.error().message, HasSubstr("no memory of its own"));
}

}  // namespace
}  // namespace pmubench
