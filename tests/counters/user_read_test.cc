// Groups read in user space: ownership and the fallback, on a kernel without counters.
#include "counters/user_read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "counters/fake_kernel.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;

EventEncoding Core(std::uint64_t code) { return {"EVENT", "armv8_pmuv3_0", 8, code, 0, 0}; }

Result<UserReadGroup> Open(FakeKernel& kernel, const Permissions& permissions = {}) {
  auto group = UserReadGroup::Open(kernel, {Core(0x11), Core(0x08)}, {.pinned = true}, permissions);
  return group;
}

TEST(UserReadGroup, UnmapsBeforeItCloses) {
  FakeKernel kernel;
  {
    auto group = Open(kernel);
    ASSERT_TRUE(group.ok());
    kernel.order.clear();
  }
  EXPECT_EQ(kernel.order, "uucc");
  EXPECT_EQ(kernel.open_events(), 0u);
}

TEST(UserReadGroup, UnmapsBeforeItClosesWhenAnotherIsMovedOver) {
  FakeKernel kernel;
  auto group = Open(kernel);
  auto other = Open(kernel);
  ASSERT_TRUE(group.ok() && other.ok());
  kernel.order.clear();
  *group = std::move(*other);
  EXPECT_EQ(kernel.order, "uucc");
  EXPECT_EQ(kernel.open_events(), 2u);
}

TEST(UserReadGroup, WithoutARegisterOneReadGivesTheWholeGroup) {
  FakeKernel kernel;
  auto group = Open(kernel);
  ASSERT_TRUE(group.ok());
  kernel.reads = 0;
  UserGroupReading begin;
  UserGroupReading end;
  ASSERT_TRUE(group->Read(begin));
  ASSERT_TRUE(group->Read(end));
  EXPECT_EQ(kernel.reads, 2);
  EXPECT_FALSE(end.by_registers);
  EXPECT_TRUE(end.whole);
  EXPECT_EQ(end.values[0] - begin.values[0], 1000u);
  EXPECT_EQ(end.values[1] - begin.values[1], 1000u);
}

TEST(UserReadGroup, APageWithoutAccessNamesTheSwitch) {
  FakeKernel kernel;
  Permissions permissions;
  permissions.user_access_arm = 0;
  auto group = Open(kernel, permissions);
  ASSERT_TRUE(group.ok());
  const auto why = group->Explain(0);
  ASSERT_FALSE(why.ok());
  EXPECT_THAT(why.error().remedy, HasSubstr("kernel.perf_user_access=1"));
  permissions = {};
  permissions.rdpmc_x86 = 0;
  auto x86 = Open(kernel, permissions);
  ASSERT_TRUE(x86.ok());
  EXPECT_THAT(x86->Explain(1).error().remedy, HasSubstr("rdpmc"));
}

TEST(UserReadGroup, AnEventWithoutACounterSaysSo) {
  FakeKernel kernel;
  kernel.page.cap_user_rdpmc = 1;
  auto group = Open(kernel);
  ASSERT_TRUE(group.ok());
  EXPECT_EQ(group->Explain(0).error().code, ErrorCode::kScheduledOut);
}

TEST(UserReadGroup, APageThatCannotBeMappedIsAReasonAndReadsGoOn) {
  FakeKernel kernel;
  kernel.maps = false;
  auto group = Open(kernel);
  ASSERT_TRUE(group.ok());
  EXPECT_THAT(group->Explain(0).error().message, HasSubstr("cannot be mapped"));
  EXPECT_THAT(group->Explain(1).error().remedy, HasSubstr("mlock"));
  UserGroupReading reading;
  EXPECT_TRUE(group->Read(reading));
}

TEST(UserReadGroup, AnotherThreadNeverReadsARegister) {
  FakeKernel kernel;
  kernel.page.cap_user_rdpmc = 1;
  kernel.page.index = 1;  // A register read would fault here.
  kernel.page.pmc_width = 48;
  auto group = Open(kernel);
  ASSERT_TRUE(group.ok());
  std::thread([&] {
    UserGroupReading reading;
    EXPECT_TRUE(group->Read(reading));
    EXPECT_FALSE(reading.by_registers);
    EXPECT_THAT(group->Explain(0).error().message, HasSubstr("another thread"));
  }).join();
}

TEST(UserReadGroup, AFailedFallbackIsFalse) {
  FakeKernel kernel;
  kernel.held = 6;
  auto group = Open(kernel);
  ASSERT_TRUE(group.ok());
  UserGroupReading reading;
  EXPECT_FALSE(group->Read(reading));
  EXPECT_EQ(group->group().Explain().code, ErrorCode::kScheduledOut);
}

}  // namespace
}  // namespace pmubench
