#include "counters/counter_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "counters/counter_set.h"
#include "counters/fake_kernel.h"
#include "counters/probe.h"
#include "counters/self_test.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

EventEncoding Core(std::uint64_t code) { return {"EVENT", "armv8_pmuv3_0", 8, code, 0, 0}; }
EventEncoding Software(std::uint64_t code) {
  return {"SOFTWARE", "software", PERF_TYPE_SOFTWARE, code, 0, 0};
}

Result<CounterGroup> OpenCopies(FakeKernel& kernel, int copies, bool pinned = true) {
  return CounterGroup::Open(
      kernel, std::vector<EventEncoding>(static_cast<std::size_t>(copies), Core(0x10)),
      CounterTarget::CallingThread(), {.pinned = pinned}, Permissions{});
}

TEST(CounterGroup, ReadsAWholeGroupAtOnce) {
  FakeKernel kernel;
  auto group = OpenCopies(kernel, 3);
  ASSERT_TRUE(group.ok());
  ASSERT_TRUE(group->Enable().ok());
  auto begin = group->Read();
  ASSERT_TRUE(begin.ok());
  auto end = group->Read();
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(kernel.reads, 2);
  GroupTotals totals;
  totals.AddInterval(*begin, *end);
  EXPECT_EQ(totals.counts[2], 1000u);
  EXPECT_EQ(totals.time_enabled, 100u);
}

TEST(CounterGroup, TooManyEventsIsAReasonAndLeavesNothingOpen) {
  FakeKernel kernel;
  auto group = OpenCopies(kernel, 7);
  ASSERT_FALSE(group.ok());
  EXPECT_EQ(group.error().code, ErrorCode::kGroupTooLarge);
  EXPECT_EQ(ExitCode(group.error().code), 3);
  EXPECT_EQ(kernel.open_events(), 0u);
}

TEST(CounterGroup, APinnedGroupWithoutCountersIsScheduledOut) {
  FakeKernel kernel;
  kernel.held = 4;
  auto group = OpenCopies(kernel, 3);
  ASSERT_TRUE(group.ok());
  auto reading = group->Read();
  ASSERT_FALSE(reading.ok());
  EXPECT_EQ(reading.error().code, ErrorCode::kScheduledOut);
  EXPECT_THAT(reading.error().remedy, HasSubstr("pmubench probe"));
}

TEST(CounterGroup, NotPermittedNamesTheParanoidLevel) {
  FakeKernel kernel;
  kernel.refuse_with = EACCES;
  Permissions permissions;
  permissions.paranoid = 4;
  permissions.euid = 1000;
  auto group =
      CounterGroup::Open(kernel, {Core(0x11)}, CounterTarget::CallingThread(), {}, permissions);
  ASSERT_FALSE(group.ok());
  EXPECT_EQ(group.error().code, ErrorCode::kNotPermitted);
  EXPECT_THAT(group.error().message, HasSubstr("perf_event_paranoid is 4"));
  EXPECT_FALSE(group.error().remedy.empty());
}

TEST(CounterGroup, RefusesEventsOfTwoPmus) {
  FakeKernel kernel;
  auto group = CounterGroup::Open(kernel, {Core(0x11), Software(2)}, CounterTarget::CallingThread(),
                                  {}, Permissions{});
  ASSERT_FALSE(group.ok());
  EXPECT_EQ(group.error().code, ErrorCode::kUsage);
}

TEST(CounterGroup, ForeignIdsAreNotBelieved) {
  FakeKernel kernel;
  kernel.wrong_ids = true;
  auto group = OpenCopies(kernel, 2);
  ASSERT_TRUE(group.ok());
  EXPECT_FALSE(group->Read().ok());
}

TEST(CounterGroup, ClosesSiblingsBeforeTheLeaderAndOnlyOnce) {
  FakeKernel kernel;
  {
    auto group = OpenCopies(kernel, 3);
    ASSERT_TRUE(group.ok());
    const CounterGroup moved = std::move(*group);
    EXPECT_EQ(moved.size(), 3u);
  }
  EXPECT_THAT(kernel.closed, ElementsAre(12, 11, 10));
}

TEST(GroupTotals, DifferencesAreExactAcrossAWrap) {
  GroupReading begin;
  GroupReading end;
  begin.size = end.size = 1;
  begin.members[0].value = ~0ULL - 4;
  end.members[0].value = 5;
  GroupTotals totals;
  totals.AddInterval(begin, end);
  EXPECT_EQ(totals.counts[0], 10u);
}

TEST(CounterSet, OpensOneGroupForEachPmuHardwareFirst) {
  FakeKernel kernel;
  auto set = CounterSet::Open(kernel, {Software(2), Core(0x11), Software(3), Core(0x10)},
                              CounterTarget::CallingThread(), {.pinned = true}, Permissions{});
  ASSERT_TRUE(set.ok());
  ASSERT_EQ(set->groups().size(), 2u);
  EXPECT_EQ(set->groups()[0].events()[0].type, 8u);
  EXPECT_EQ(set->groups()[1].size(), 2u);
  SetReading begin;
  SetReading end;
  ASSERT_TRUE(set->ReadBegin(begin));
  ASSERT_TRUE(set->ReadEnd(end));
  EXPECT_EQ(kernel.reads, 4);
}

TEST(Probe, FindsExistingAndFreeCounters) {
  FakeKernel kernel;
  kernel.held = 2;
  auto probe = ProbeCounters(kernel, Core(0x10), Permissions{});
  ASSERT_TRUE(probe.ok());
  EXPECT_EQ(probe->existing, 6);
  EXPECT_EQ(probe->free, 4);
  EXPECT_EQ(kernel.open_events(), 0u);
}

TEST(Probe, NoPmuIsAReason) {
  FakeKernel kernel;
  kernel.refuse_with = ENOENT;
  EXPECT_FALSE(ProbeCounters(kernel, Core(0x10), Permissions{}).ok());
}

TEST(SelfTest, AnEventThatOpensButNeverCountsFails) {
  FakeKernel kernel;
  kernel.dead_code = 0x23;
  EXPECT_FALSE(CheckCounts(kernel, Core(0x23), Permissions{}).ok);
  EXPECT_TRUE(CheckCounts(kernel, Core(0x10), Permissions{}).ok);
}

TEST(SelfTest, PageFaultsAreExactOnThisKernel) {
  const Permissions permissions = ReadPermissions("/");
  if (!permissions.may_count_user()) GTEST_SKIP() << "perf_event_paranoid forbids counting here";
  const CounterCheck check = CheckPageFaults(SystemKernel(), permissions);
  EXPECT_TRUE(check.ok) << check.what << ": " << check.detail;
}

}  // namespace
}  // namespace pmubench
