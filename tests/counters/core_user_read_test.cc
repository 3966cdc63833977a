// Counters read in user space on a real core PMU; in the lab with kernel.perf_user_access=1 and 0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "counters/core_pmu_fixture.h"
#include "counters/holders.h"
#include "counters/user_read.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;

class CoreUserReadTest : public CorePmuTest {
 protected:
  void SetUp() override {
    CorePmuTest::SetUp();
    if (IsSkipped()) return;
    on_ = permissions_.user_access_arm.value_or(0) != 0 || permissions_.rdpmc_x86.value_or(0) != 0;
  }
  Result<UserReadGroup> OpenUser(const std::vector<EventEncoding>& events) {
    auto group = UserReadGroup::Open(SystemKernel(), events,
                                     {.pinned = true, .exclude_kernel = true}, permissions_);
    if (group && !group->Enable()) return Error{ErrorCode::kSystem, "cannot enable", ""};
    return group;
  }
  int Free() {
    auto probe = ProbeCore(SystemKernel(), candidates_, permissions_, dedicated_);
    return probe ? probe->free : -1;
  }
  bool on_ = false;
};

TEST_F(CoreUserReadTest, WithoutAccessTheKernelIsAskedAndTheSwitchNamed) {
  if (on_) GTEST_SKIP() << "user access is on";
  auto group = OpenUser({cycles_, instructions_});
  ASSERT_TRUE(group.ok()) << group.error().ToString();
  UserGroupReading begin;
  UserGroupReading end;
  ASSERT_TRUE(group->Read(begin));
  ASSERT_TRUE(group->Read(end));
  EXPECT_FALSE(end.by_registers);
  EXPECT_GT(end.values[1], begin.values[1]);
  ASSERT_FALSE(group->Explain(0).ok());
  EXPECT_THAT(group->Explain(0).error().remedy, HasSubstr("perf_user_access=1"));
}

TEST_F(CoreUserReadTest, EveryEventOfAGroupHasARegister) {
  if (!on_) GTEST_SKIP() << "user access is off";
  auto group = OpenUser({cycles_, instructions_, candidates_[0], instructions_});
  ASSERT_TRUE(group.ok()) << group.error().ToString();
  for (std::size_t i = 0; i < group->size(); ++i) {
    const auto why = group->Explain(i);
    EXPECT_TRUE(why.ok()) << why.error().ToString();
  }
  UserGroupReading reading;
  ASSERT_TRUE(group->Read(reading));
  EXPECT_TRUE(reading.by_registers);
  EXPECT_TRUE(reading.whole);
}

TEST_F(CoreUserReadTest, ADisabledGroupHasNoRegisterAndFallsBack) {
  if (!on_) GTEST_SKIP() << "user access is off";
  auto group = OpenUser({cycles_, instructions_});
  ASSERT_TRUE(group.ok());
  ASSERT_TRUE(group->Disable().ok());
  EXPECT_EQ(group->Explain(0).error().code, ErrorCode::kScheduledOut);
  UserGroupReading first;
  UserGroupReading second;
  ASSERT_TRUE(group->Read(first));
  ASSERT_TRUE(group->Read(second));
  EXPECT_FALSE(first.by_registers);
  EXPECT_EQ(first.values[0], second.values[0]) << "stopped";
}

// The kernel's read stands between two register reads: what it gives must stand between theirs.
TEST_F(CoreUserReadTest, RegistersAgreeWithTheKernelsRead) {
  if (!on_) GTEST_SKIP() << "user access is off";
  auto group = OpenUser({cycles_, instructions_});
  ASSERT_TRUE(group.ok()) << group.error().ToString();
  UserGroupReading before;
  UserGroupReading after;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(group->Read(before));
    const auto kernel = group->group().Read();
    ASSERT_TRUE(kernel.ok()) << kernel.error().ToString();
    ASSERT_TRUE(group->Read(after));
    ASSERT_TRUE(before.by_registers && after.by_registers);
    for (std::size_t event = 0; event < 2; ++event) {
      ASSERT_LE(before.values[event], kernel->members[event].value) << event;
      ASSERT_LE(kernel->members[event].value, after.values[event]) << event;
      ASSERT_LT(after.values[event] - before.values[event], 10'000u) << event;
    }
  }
}

#ifdef __aarch64__
std::uint64_t CountByRegisters(const UserReadGroup& group, std::size_t event,
                               std::uint64_t rounds) {
  UserGroupReading begin;
  UserGroupReading end;
  EXPECT_TRUE(group.Read(begin));
  FourInstructions(rounds);
  EXPECT_TRUE(group.Read(end));
  EXPECT_TRUE(begin.by_registers && end.by_registers);
  return end.values[event] - begin.values[event];
}

TEST_F(CoreUserReadTest, InstructionsOfAKnownLoopAreExactBeyondAConstant) {
  if (!on_) GTEST_SKIP() << "user access is off";
  auto group = OpenUser({cycles_, instructions_});
  ASSERT_TRUE(group.ok());
  CountByRegisters(*group, 1, 10);
  const std::uint64_t overhead = CountByRegisters(*group, 1, 1) - 4;
  EXPECT_LT(overhead, 1'000u);
  std::printf("instructions around: %lu\n", static_cast<unsigned long>(overhead));
  for (const std::uint64_t rounds : {10ULL, 1'000ULL, 1'000'000ULL}) {
    EXPECT_EQ(CountByRegisters(*group, 1, rounds), 4 * rounds + overhead) << rounds << " rounds";
  }
}

// The kernel lets a counter of 32 bits start 2^31 below its overflow: the count has to stay right
// when the raw value turns from negative to positive, and when an interrupt moves it to the offset.
TEST_F(CoreUserReadTest, ACounterOf32BitsStaysRightAcrossItsWrap) {
  if (!on_) GTEST_SKIP() << "user access is off";
  auto group = OpenUser({instructions_});
  ASSERT_TRUE(group.ok());
  constexpr std::uint64_t kRounds = 150'000'000;  // 600 million instructions each
  const std::uint64_t overhead = CountByRegisters(*group, 0, 1) - 4;
  for (int i = 0; i < 4; ++i) {  // 2.4 billion in all
    const std::uint64_t counted = CountByRegisters(*group, 0, kRounds);
    EXPECT_EQ(counted, 4 * kRounds + overhead) << "part " << i;
  }
}
#endif

TEST_F(CoreUserReadTest, AClosedButMappedEventKeepsItsCounterAndOursDoesNot) {
  const int all = Free();
  ASSERT_GT(all, 2);
  {
    auto group = OpenUser({instructions_, instructions_});
    ASSERT_TRUE(group.ok());
    EXPECT_EQ(Free(), all - 2);
  }
  EXPECT_EQ(Free(), all) << "unmapped, then closed: given back";

  auto bare = Open({instructions_});
  ASSERT_TRUE(bare.ok());
  ASSERT_TRUE(bare->Enable().ok());
  const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* page = SystemKernel().Map(bare->descriptor(0), size);
  ASSERT_NE(page, MAP_FAILED);
  { const CounterGroup closed = std::move(*bare); }
  EXPECT_EQ(Free(), all - 1) << "closed, still mapped: kept";
  const auto perf = FindPerfProcesses("/");
  ASSERT_FALSE(perf.processes.empty());
  EXPECT_EQ(perf.processes[0].pid, getpid());
  EXPECT_EQ(perf.processes[0].events, 0);
  EXPECT_EQ(perf.processes[0].mapped, 1);
  SystemKernel().Unmap(page, size);
  EXPECT_EQ(Free(), all);
}

}  // namespace
}  // namespace pmubench
