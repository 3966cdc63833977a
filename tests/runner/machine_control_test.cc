// Settings of a machine under a folder: changed, recorded, and put back whatever ends the program.
#include "runner/machine_control.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "platform/control_journal.h"
#include "platform/files.h"
#include "platform/fingerprint.h"
#include "test_folder.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MachineControlTest : public testing::Test {
 protected:
  MachineControlTest() {
    for (const char* cpu : {"0", "1"}) {
      Write("sys/devices/system/cpu/cpufreq/policy" + std::string(cpu) + "/scaling_governor",
            "powersave");
    }
    Write("sys/devices/system/cpu/intel_pstate/no_turbo", "0");
    Write("sys/devices/system/cpu/smt/control", "on");
    Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    Write("proc/sys/kernel/randomize_va_space", "2");
    Write("proc/sys/kernel/nmi_watchdog", "1");
    Write("proc/sys/kernel/perf_event_paranoid", "3");
    Write("proc/sys/vm/nr_hugepages", "0");
    for (const char* irq : {"1", "24"}) {
      Write("proc/irq/" + std::string(irq) + "/smp_affinity_list", "0-3");
    }
  }

  void Write(const std::string& file, const std::string& text) { folder_.Write(file, text + '\n'); }
  std::string Read(const std::string& file) { return ReadText(root_ / file).value_or("?"); }

  ControlPlan Plan(const std::string& settings) {
    const auto requests = ParseControl(settings);
    EXPECT_TRUE(requests) << requests.error().ToString();
    return PlanControl(root_, *requests);
  }

  void ExpectAsBefore() {
    EXPECT_EQ(Read("sys/devices/system/cpu/cpufreq/policy1/scaling_governor"), "powersave");
    EXPECT_EQ(Read("sys/devices/system/cpu/intel_pstate/no_turbo"), "0");
    EXPECT_EQ(Read("sys/devices/system/cpu/smt/control"), "on");
    EXPECT_EQ(Read("proc/sys/kernel/randomize_va_space"), "2");
    EXPECT_EQ(Read("proc/sys/kernel/nmi_watchdog"), "1");
    EXPECT_EQ(Read("proc/sys/kernel/perf_event_paranoid"), "3");
    EXPECT_EQ(Read("proc/sys/vm/nr_hugepages"), "0");
    EXPECT_EQ(Read("proc/irq/24/smp_affinity_list"), "0-3");
    EXPECT_FALSE(fs::exists(ControlJournal(root_)));
  }

  static constexpr const char* kAll =
      "governor=performance,turbo=off,smt=off,aslr=off,nmi_watchdog=off,irq_cpus=0:2,"
      "perf_event_paranoid=1,huge_pages=64,transparent_huge_pages=never";
  const TestFolder folder_;
  const fs::path& root_ = folder_.path();
};

TEST_F(MachineControlTest, ChangesAndPutsBack) {
  {
    const auto control = MachineControl::Apply(root_, Plan(kAll));
    ASSERT_TRUE(control) << control.error().ToString();
    EXPECT_THAT(control->refused(), IsEmpty());
    EXPECT_EQ(Read("sys/devices/system/cpu/cpufreq/policy0/scaling_governor"), "performance");
    EXPECT_EQ(Read("sys/devices/system/cpu/cpufreq/policy1/scaling_governor"), "performance");
    EXPECT_EQ(Read("sys/devices/system/cpu/intel_pstate/no_turbo"), "1");
    EXPECT_EQ(Read("sys/devices/system/cpu/smt/control"), "off");
    EXPECT_EQ(Read("proc/sys/kernel/randomize_va_space"), "0");
    EXPECT_EQ(Read("proc/irq/1/smp_affinity_list"), "0,2");
    EXPECT_EQ(Read("proc/sys/vm/nr_hugepages"), "64");
    // A record that is made meanwhile says so.
    const MachineFingerprint machine = ReadFingerprint(root_);
    EXPECT_THAT(machine.controlled, Contains("turbo=1"));
    EXPECT_THAT(machine.controlled, Contains("governor=performance"));
    EXPECT_EQ(machine.huge_pages, 64);
    EXPECT_THAT(MachineJson(machine), HasSubstr("\"perf_event_paranoid\":1"));
  }
  ExpectAsBefore();
  EXPECT_THAT(ReadFingerprint(root_).controlled, IsEmpty());
}

TEST_F(MachineControlTest, OnlyWhatIsAskedAndNotSoAlready) {
  EXPECT_THAT(Plan("aslr=on,turbo=on").steps, IsEmpty());
  const ControlPlan plan = Plan("aslr=off");
  ASSERT_EQ(plan.steps.size(), 1);
  EXPECT_EQ(plan.steps[0].path, "proc/sys/kernel/randomize_va_space");
}

TEST_F(MachineControlTest, WhatIsNotThereIsSaid) {
  fs::remove_all(root_ / "sys/devices/system/cpu");
  fs::remove_all(root_ / "proc/irq");
  const ControlPlan plan =
      Plan("governor=performance,turbo=off,smt=off,irq_cpus=0,isolated_cpus=1,aslr=off");
  EXPECT_EQ(plan.refused.size(), 5);
  EXPECT_THAT(plan.refused, Contains(HasSubstr("turbo: ")));
  EXPECT_THAT(plan.refused, Contains(HasSubstr("isolated_cpus: the root cgroup has no cpuset")));
  EXPECT_EQ(plan.steps.size(), 1) << "the rest is done all the same";
}

TEST_F(MachineControlTest, AStepThatFailsIsSaidAndTheOthersAreTaken) {
  ControlPlan plan = Plan("aslr=off");
  plan.steps.push_back({"gone", ControlStep::Kind::kWrite, "proc/sys/gone", "a", "b"});
  {
    const auto control = MachineControl::Apply(root_, plan);
    ASSERT_TRUE(control);
    EXPECT_THAT(control->refused(), ElementsAre(HasSubstr("gone: /proc/sys/gone")));
    EXPECT_THAT(control->changed(), ElementsAre("aslr=0"));
  }
  ExpectAsBefore();
}

TEST_F(MachineControlTest, IsolatedCpusAreACgroupOfItsOwn) {
  Write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io");
  Write("sys/fs/cgroup/cgroup.subtree_control", "cpu");
  const ControlPlan plan = Plan("isolated_cpus=2-3");
  ASSERT_EQ(plan.steps.size(), 5);
  EXPECT_EQ(plan.steps[0].after, "+cpuset");
  EXPECT_EQ(plan.steps[1].kind, ControlStep::Kind::kFolder);
  EXPECT_EQ(plan.steps[2].after, "2-3");
  EXPECT_EQ(plan.steps[3].after, "isolated");
  EXPECT_EQ(plan.steps[4].kind, ControlStep::Kind::kJoin);
  // A plain folder has no files that come with it, as a cgroup has: the steps in it fail, and the
  // folder goes.
  { ASSERT_TRUE(MachineControl::Apply(root_, plan)); }
  EXPECT_FALSE(fs::exists(root_ / "sys/fs/cgroup/pmubench"));
}

TEST_F(MachineControlTest, AKillPutsBackToo) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto control = MachineControl::Apply(root_, Plan(kAll));
    (void)!write(ready[1], control ? "y" : "n", 1);
    pause();
    _exit(0);
  }
  char answer = 0;
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  EXPECT_EQ(Read("proc/sys/kernel/randomize_va_space"), "0");
  EXPECT_FALSE(MachineControl::Apply(root_, Plan("huge_pages=3"))) << "one at a time";
  EXPECT_TRUE(UndoLeftover(root_).in_use);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  for (int i = 0; i < 600 && fs::exists(ControlJournal(root_)); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ExpectAsBefore();
}

TEST_F(MachineControlTest, WhatAPowerCutLeftIsPutBackNextTime) {
  const ControlPlan plan = Plan(kAll);
  fs::create_directories(ControlFolder(root_));
  ASSERT_TRUE(WriteControlJournal(root_, plan.steps));
  for (const ControlStep& step : plan.steps) Write(step.path.string(), step.after);
  const Leftover leftover = UndoLeftover(root_);
  EXPECT_TRUE(leftover.found);
  EXPECT_THAT(leftover.notes, IsEmpty());
  ExpectAsBefore();
  EXPECT_FALSE(UndoLeftover(root_).found);
}

TEST_F(MachineControlTest, WhatSomebodyElseSetMeanwhileStays) {
  auto control = MachineControl::Apply(root_, Plan("huge_pages=64,aslr=off"));
  ASSERT_TRUE(control);
  Write("proc/sys/vm/nr_hugepages", "128");
  EXPECT_THAT(control->Undo(), ElementsAre(HasSubstr("set to '128' by somebody else")));
  EXPECT_EQ(Read("proc/sys/vm/nr_hugepages"), "128");
  EXPECT_EQ(Read("proc/sys/kernel/randomize_va_space"), "2");
}

TEST(ParseControl, RefusesNonsense) {
  EXPECT_TRUE(ParseControl("")->empty());
  for (const char* bad : {"turbo", "turbo=maybe", "huge_pages=many", "irq_cpus=x", "speed=fast",
                          "governor=", "perf_event_paranoid=-2"}) {
    EXPECT_FALSE(ParseControl(bad)) << bad;
  }
  EXPECT_THAT(ParseControl("gouvernor=performance").error().remedy, HasSubstr("governor"));
  EXPECT_TRUE(ParseControl("perf_event_paranoid=-1"));
}

}  // namespace
}  // namespace pmubench
