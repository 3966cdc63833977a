// The real kernel's core PMU: in the lab, or on a machine that has one.
#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

#include "catalogue/encode.h"
#include "catalogue/load.h"
#include "counters/counter_set.h"
#include "counters/self_test.h"
#include "platform/cpu.h"
#include "runner/core_counters.h"

namespace pmubench {
namespace {

class CorePmuTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const int cpu = std::max(sched_getcpu(), 0);
    auto pmus = ListPmus("/");
    if (!pmus || !CorePmu(*pmus, cpu)) GTEST_SKIP() << "no core PMU here: ci/lab has one";
    permissions_ = ReadPermissions("/");
    auto identity = ReadCpuIdentity("/", cpu);
    ASSERT_TRUE(identity.ok());
    identity_ = *identity;
    auto catalogue = LoadCatalogue(CoreFor(identity_));
    ASSERT_TRUE(catalogue.ok()) << catalogue.error().ToString();
    auto instructions = EncodeEvent(*catalogue->FindEvent("INST_RETIRED"), *pmus, cpu);
    auto cycles = EncodeEvent(*catalogue->FindEvent("CPU_CYCLES"), *pmus, cpu);
    if (!instructions || !cycles) GTEST_SKIP() << "no Arm core here";
    instructions_ = *instructions;
    cycles_ = *cycles;
    candidates_ = ProbeCandidates(*catalogue, *pmus, cpu);
  }

  Result<CounterGroup> Open(std::vector<EventEncoding> events, bool pinned = true) {
    return CounterGroup::Open(SystemKernel(), events, CounterTarget::CallingThread(),
                              {.pinned = pinned, .exclude_kernel = true}, permissions_);
  }

  Permissions permissions_;
  CpuIdentity identity_;
  EventEncoding instructions_;
  EventEncoding cycles_;
  std::vector<EventEncoding> candidates_;
};

#ifdef __aarch64__
/// Exactly 4 * `rounds` instructions, and a constant number around them.
[[gnu::noinline]] void FourInstructions(std::uint64_t rounds) {
  asm volatile(
      "1: nop\n"
      "   nop\n"
      "   subs %0, %0, #1\n"
      "   b.ne 1b\n"
      : "+r"(rounds)
      :
      : "cc");
}

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

TEST_F(CorePmuTest, AnUnknownPmuTypeIsRefusedWithAReason) {
  EventEncoding wrong = instructions_;
  wrong.type = 4000;
  auto group = Open({wrong});
  ASSERT_FALSE(group.ok());
  EXPECT_FALSE(group.error().message.empty());
}

TEST_F(CorePmuTest, TheProbeFindsTheCountersOfTheEmulatedCores) {
  auto probe = ProbeCore(SystemKernel(), candidates_, permissions_);
  ASSERT_TRUE(probe.ok()) << probe.error().ToString();
  EXPECT_EQ(probe->free, probe->existing);
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
