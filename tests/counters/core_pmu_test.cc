// The real kernel's core PMU: in the lab, or on a machine that has one.
#include <gtest/gtest.h>

#include <thread>

#include "counters/core_pmu_fixture.h"
#include "counters/counter_set.h"
#include "counters/self_test.h"

namespace pmubench {
namespace {

#ifdef __aarch64__
std::uint64_t CountInstructions(const CounterGroup& group, std::uint64_t rounds) {
  auto begin = group.Read();
  FourInstructions(rounds);
  auto end = group.Read();
  EXPECT_TRUE(begin.ok() && end.ok());
  EXPECT_EQ(end->time_enabled - begin->time_enabled, end->time_running - begin->time_running);
  return end->members[0].value - begin->members[0].value;
}

TEST_F(CorePmuTest, InstructionsOfAKnownLoopAreExactBeyondAConstant) {
  auto group = Open({instructions_, cycles_});
  ASSERT_TRUE(group.ok()) << group.error().ToString();
  ASSERT_TRUE(group->Enable().ok());
  CountInstructions(*group, 10);
  const std::uint64_t overhead = CountInstructions(*group, 1) - 4;
  EXPECT_LT(overhead, 10'000u);
  for (const std::uint64_t rounds : {10ULL, 1'000ULL, 1'000'000ULL}) {
    EXPECT_EQ(CountInstructions(*group, rounds), 4 * rounds + overhead) << rounds << " rounds";
  }
}
#endif

TEST_F(CorePmuTest, AGroupThatDoesNotFitIsRefusedWithTheReason) {
  auto group = Open(std::vector<EventEncoding>(20, instructions_));
  ASSERT_FALSE(group.ok());
  EXPECT_EQ(group.error().code, ErrorCode::kGroupTooLarge) << group.error().ToString();
}

TEST_F(CorePmuTest, OneEventTooManyIsRefusedToo) {
  const auto probe = ProbeCore(SystemKernel(), candidates_, permissions_, dedicated_);
  ASSERT_TRUE(probe.ok()) << probe.error().ToString();
  const auto fitting = static_cast<std::size_t>(probe->free);
  EXPECT_TRUE(Open(std::vector<EventEncoding>(fitting, instructions_)).ok());
  auto group = Open(std::vector<EventEncoding>(fitting + 1, instructions_));
  ASSERT_FALSE(group.ok());
  EXPECT_EQ(group.error().code, ErrorCode::kGroupTooLarge) << group.error().ToString();
}

TEST_F(CorePmuTest, AnUnknownPmuTypeIsRefusedWithAReason) {
  EventEncoding wrong = instructions_;
  wrong.type = 4000;
  auto group = Open({wrong});
  ASSERT_FALSE(group.ok());
  EXPECT_FALSE(group.error().message.empty());
}

TEST_F(CorePmuTest, TheProbeFindsTheCountersOfTheEmulatedCores) {
  auto probe = ProbeCore(SystemKernel(), candidates_, permissions_, dedicated_);
  ASSERT_TRUE(probe.ok()) << probe.error().ToString();
  EXPECT_EQ(probe->free, probe->existing);
  EXPECT_EQ(probe->unlike, "");
  ASSERT_EQ(probe->dedicated.size(), 1u) << "cycles have a counter, instructions have none";
  EXPECT_EQ(probe->dedicated[0].event, "CPU_CYCLES");
  EXPECT_EQ(probe->dedicated[0].counter, "PMCCNTR_EL0");
  EXPECT_TRUE(probe->dedicated[0].free);
  if (identity_.implementer() == 0x46) {  // Fujitsu A64FX
    EXPECT_EQ(probe->existing, 8);
  } else if (identity_.implementer() == 0x41 && identity_.part() == 0xd0c) {  // Neoverse N1
    EXPECT_EQ(probe->existing, 6);
  }
}

TEST_F(CorePmuTest, PinnedEventsOfAnotherUserAreMissedByTheProbe) {
  auto all = ProbeCore(SystemKernel(), candidates_, permissions_);
  ASSERT_TRUE(all.ok());
  ASSERT_GE(all->existing, 4);
  auto held = Open({instructions_, instructions_, instructions_});
  ASSERT_TRUE(held.ok()) << held.error().ToString();
  ASSERT_TRUE(held->Enable().ok());
  auto rest = ProbeCore(SystemKernel(), candidates_, permissions_);
  ASSERT_TRUE(rest.ok());
  EXPECT_EQ(rest->existing, all->existing);
  EXPECT_EQ(rest->free, all->existing - 3);

  auto too_many =
      Open(std::vector<EventEncoding>(static_cast<std::size_t>(all->existing - 2), instructions_));
  ASSERT_TRUE(too_many.ok()) << "the group alone fits";
  ASSERT_TRUE(too_many->Enable().ok());
  auto reading = too_many->Read();
  ASSERT_FALSE(reading.ok());
  EXPECT_EQ(reading.error().code, ErrorCode::kScheduledOut);
}

TEST_F(CorePmuTest, SoftwareEventsBesideTheCoreCountToo) {
  const EventEncoding faults{
      "PAGE_FAULTS", "software", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0, 0};
  auto set = CounterSet::Open(SystemKernel(), {faults, cycles_, instructions_},
                              CounterTarget::CallingThread(),
                              {.pinned = true, .exclude_kernel = true}, permissions_);
  ASSERT_TRUE(set.ok()) << set.error().ToString();
  ASSERT_TRUE(set->Enable().ok());
  SetReading begin;
  SetReading end;
  ASSERT_TRUE(set->ReadBegin(begin));
  std::vector<char> fresh(64 * 4096, 1);
  ASSERT_TRUE(set->ReadEnd(end));
  EXPECT_GT(end[0].members[0].value, begin[0].members[0].value);
  EXPECT_GT(end[0].members[1].value, begin[0].members[1].value);
  EXPECT_GE(end[1].members[0].value - begin[1].members[0].value, 60u);
  EXPECT_EQ(fresh[100], 1);
}

TEST_F(CorePmuTest, ThreadsAreCountedEachByItself) {
  auto group = Open({instructions_});
  ASSERT_TRUE(group.ok());
  ASSERT_TRUE(group->Enable().ok());
  auto begin = group->Read();
  std::thread([] {
    volatile unsigned sink = 0;
    for (unsigned i = 0; i < 1'000'000; ++i) sink = sink + i;
  }).join();
  auto end = group->Read();
  ASSERT_TRUE(begin.ok() && end.ok());
  EXPECT_LT(end->members[0].value - begin->members[0].value, 1'000'000u);
}

}  // namespace
}  // namespace pmubench
