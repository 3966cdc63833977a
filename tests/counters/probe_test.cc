// The probe, pairs in conflict and holders of counters, where there is no PMU.
#include "counters/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "counters/conflicts.h"
#include "counters/fake_kernel.h"
#include "counters/holders.h"
#include "runner/core_counters.h"
#include "test_folder.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

EventEncoding Core(std::uint64_t code, const std::string& name = "EVENT") {
  return {name, "armv8_pmuv3_0", 8, code, 0, 0};
}

TEST(Probe, ACopyThatCountsDifferentlyIsNotCalledFree) {
  FakeKernel kernel;
  kernel.half_from = 4;
  auto probe = ProbeCounters(kernel, Core(0x10), Permissions{});
  ASSERT_TRUE(probe.ok());
  EXPECT_EQ(probe->existing, 6);
  EXPECT_EQ(probe->free, 4);
  EXPECT_THAT(probe->unlike, HasSubstr("from 500 to 1000"));
}

TEST(Probe, ALeaderThatTheKernelDoesNotCheckIsNoCounter) {
  FakeKernel kernel;
  kernel.skips_off_leader = true;
  auto probe = ProbeCounters(kernel, Core(0x10), Permissions{});
  ASSERT_TRUE(probe.ok());
  EXPECT_EQ(probe->existing, 6);
  EXPECT_EQ(probe->free, 6);
}

TEST(Probe, AHypervisorsLimitShowsAsCountersThatExistAndAreNotFree) {
  FakeKernel kernel;
  kernel.held = 6;
  auto probe = ProbeCounters(kernel, Core(0x10), Permissions{});
  ASSERT_TRUE(probe.ok());
  EXPECT_EQ(probe->existing, 6);
  EXPECT_EQ(probe->free, 0);
}

class DedicatedTest : public ::testing::Test {
 protected:
  std::vector<DedicatedCounter> Find() {
    auto probe = ProbeCounters(kernel_, Core(0x10), Permissions{});
    EXPECT_TRUE(probe.ok());
    return FindDedicated(kernel_, Core(0x10), *probe,
                         {{Core(0x11, "CYCLES"), "CC"}, {Core(0x08, "INSTRUCTIONS"), "IC"}},
                         Permissions{});
  }
  FakeKernel kernel_;
};

TEST_F(DedicatedTest, OnlyWhatFitsBesideAFullGroupHasACounterOfItsOwn) {
  const auto found = Find();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].event, "CYCLES");
  EXPECT_EQ(found[0].counter, "CC");
  EXPECT_TRUE(found[0].free);
  EXPECT_EQ(kernel_.open_events(), 0u);
}

TEST_F(DedicatedTest, IsFreeBesideThoseGeneralCountersThatAreFree) {
  kernel_.held = 3;
  const auto found = Find();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].free);
}

TEST_F(DedicatedTest, ExistsThoughSomebodyHoldsIt) {
  kernel_.held = 1;
  kernel_.dedicated_held = 0x11;
  const auto found = Find();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FALSE(found[0].free);
}

TEST_F(DedicatedTest, AnEventThatNeverCountsHasNone) {
  kernel_.dead_code = 0x11;
  EXPECT_THAT(Find(), IsEmpty());
}

TEST(ApplyProbe, AHeldDedicatedCounterCostsAGeneralOneAndAFoundOneIsFree) {
  CounterProbe probe;
  probe.existing = 6;
  probe.free = 4;
  probe.dedicated = {{"CYCLES", "CC", false}, {"INSTRUCTIONS", "IC", true}};
  PlanProblem problem;
  problem.general_counters = 6;
  problem.dedicated = {{"CYCLES", "CC"}};
  ApplyProbe(probe, problem);
  EXPECT_EQ(problem.general_counters, 4);
  EXPECT_FALSE(problem.dedicated.contains("CYCLES"));
  EXPECT_TRUE(problem.dedicated.contains("INSTRUCTIONS"));
}

TEST(Conflicts, FindsThePairThatTheKernelRefuses) {
  FakeKernel kernel;
  kernel.refused_pair = {0x20, 0x22};
  const auto report =
      FindConflicts(kernel, {Core(0x20, "A"), Core(0x21, "B"), Core(0x22, "C")}, Permissions{});
  EXPECT_EQ(report.pairs, 3);
  ASSERT_EQ(report.conflicts.size(), 1u);
  EXPECT_EQ(report.conflicts[0].first, "A");
  EXPECT_EQ(report.conflicts[0].second, "C");
  EXPECT_THAT(report.conflicts[0].why, HasSubstr("refuses"));
  EXPECT_EQ(kernel.open_events(), 0u);
}

TEST(Conflicts, FindsThePairThatOpensAndOfWhichOneStaysZero) {
  FakeKernel kernel;
  kernel.silent_pair = {0x20, 0x22};
  const auto report =
      FindConflicts(kernel, {Core(0x20, "A"), Core(0x21, "B"), Core(0x22, "C")}, Permissions{});
  ASSERT_EQ(report.conflicts.size(), 1u);
  EXPECT_EQ(report.conflicts[0].why, "C counts alone and stays 0 beside A");
}

TEST(Conflicts, WithOneFreeCounterAPairGetsNone) {
  FakeKernel kernel;
  kernel.held = 5;
  const auto report =
      FindConflicts(kernel, {Core(0x20, "A"), Core(0x21, "B"), Core(0x11, "C")}, Permissions{});
  ASSERT_EQ(report.conflicts.size(), 1u) << "C has a counter of its own";
  EXPECT_THAT(report.conflicts[0].why, HasSubstr("gets no counters"));
}

TEST(Conflicts, AnEventThatFailsAloneIsInNoPair) {
  FakeKernel kernel;
  kernel.held = 6;
  const auto report = FindConflicts(kernel, {Core(0x20, "A"), Core(0x21, "B")}, Permissions{});
  EXPECT_EQ(report.pairs, 0);
  EXPECT_EQ(report.unusable.size(), 2u);
}

/// A /proc with processes of our making.
class HoldersTest : public ::testing::Test {
 protected:
  void AddProcess(int pid, const std::string& command, int events, const std::string& maps = "") {
    const auto folder = folder_.path() / "proc" / std::to_string(pid);
    std::filesystem::create_directories(folder / "fd");
    std::ofstream(folder / "comm") << command << '\n';
    std::ofstream(folder / "maps") << maps;
    std::filesystem::create_symlink("/dev/null", folder / "fd" / "0");
    std::filesystem::create_symlink("anon_inode:[eventpoll]", folder / "fd" / "1");
    for (int i = 0; i < events; ++i) {
      std::filesystem::create_symlink("anon_inode:[perf_event]",
                                      folder / "fd" / std::to_string(3 + i));
    }
  }
  std::vector<CounterHolder> Find(int taken) {
    return FindHolders(folder_.path(), permissions_, taken);
  }
  TestFolder folder_;
  Permissions permissions_;
};

TEST_F(HoldersTest, NamesProcessesWithPerfEventsMostFirst) {
  AddProcess(7, "idle", 0);
  AddProcess(40, "perf", 2);
  AddProcess(99, "profiler", 3);
  const auto holders = Find(5);
  ASSERT_EQ(holders.size(), 2u);
  EXPECT_EQ(holders[0].pid, 99);
  EXPECT_EQ(holders[0].detail, "process 99 (profiler) has 3 perf events open");
  EXPECT_EQ(holders[1].name, "perf");
}

TEST_F(HoldersTest, AMappedEventIsSeenThoughItsDescriptorIsClosed) {
  AddProcess(12, "careless", 0,
             "7f0000000000-7f0000001000 rw-s 00000000 00:0e 11 /lib/x\n"
             "7f0000001000-7f0000002000 rw-s 00000000 00:0e 1057   anon_inode:[perf_event]\n");
  const auto holders = Find(1);
  ASSERT_EQ(holders.size(), 1u);
  EXPECT_EQ(holders[0].events, 1);
  EXPECT_THAT(holders[0].detail, HasSubstr("1 mapped"));
}

TEST_F(HoldersTest, TheWatchdogHoldsOne) {
  permissions_.nmi_watchdog = 1;
  const auto holders = Find(1);
  ASSERT_EQ(holders.size(), 1u);
  EXPECT_EQ(holders[0].kind, CounterHolder::Kind::kWatchdog);
  EXPECT_THAT(holders[0].remedy, HasSubstr("nmi_watchdog=0"));
}

TEST_F(HoldersTest, WhatNobodyHoldsOnAVirtualMachineIsTheHypervisors) {
  std::filesystem::create_directories(folder_.path() / "sys/hypervisor");
  std::ofstream(folder_.path() / "sys/hypervisor/type") << "xen\n";
  const auto holders = Find(4);
  ASSERT_EQ(holders.size(), 1u);
  EXPECT_EQ(holders[0].kind, CounterHolder::Kind::kHypervisor);
  EXPECT_EQ(holders[0].events, 4);
}

TEST_F(HoldersTest, WhatNobodyHoldsOnBareMetalIsUnknownAndSaysWhatToDo) {
  AddProcess(40, "perf", 1);
  const auto holders = Find(3);
  ASSERT_EQ(holders.size(), 2u);
  EXPECT_EQ(holders[1].kind, CounterHolder::Kind::kUnknown);
  EXPECT_EQ(holders[1].events, 2);
  EXPECT_FALSE(holders[1].remedy.empty());
}

TEST_F(HoldersTest, ProcessesWeMayNotLookIntoAreCounted) {
  std::filesystem::create_directories(folder_.path() / "proc/55");  // No fd folder.
  const auto holders = Find(1);
  ASSERT_EQ(holders.size(), 1u);
  EXPECT_THAT(holders[0].detail, HasSubstr("1 process could not be looked into"));
  EXPECT_THAT(holders[0].remedy, HasSubstr("root"));
}

TEST_F(HoldersTest, NothingTakenNobodyHolds) {
  AddProcess(40, "perf", 1);
  EXPECT_THAT(Find(0), IsEmpty());
}

}  // namespace
}  // namespace pmubench
