// Counters that another process holds: what the probe says, and what is planned for the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "counters/conflicts.h"
#include "counters/core_pmu_fixture.h"
#include "counters/counter_set.h"
#include "counters/holders.h"
#include "runner/measurement_plan.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;

/// A process that holds pinned counters of CPU 0 until it is destroyed.
class Holder {
 public:
  Holder(const std::vector<EventEncoding>& events, const Permissions& permissions) {
    int ready[2];
    if (pipe(ready) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_NAME, "greedy");
      close(ready[0]);
      std::vector<CounterGroup> groups;
      for (const EventEncoding& event : events) {
        auto group = CounterGroup::Open(SystemKernel(), {event}, CounterTarget::Cpu(0),
                                        {.pinned = true}, permissions);
        if (!group || !group->Enable() || !group->Read()) _exit(1);
        groups.push_back(std::move(*group));
      }
      if (write(ready[1], "!", 1) != 1) _exit(1);
      for (;;) pause();
    }
    close(ready[1]);
    char byte = 0;
    holds_ = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
  }
  ~Holder() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  [[nodiscard]] bool holds() const { return holds_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  bool holds_ = false;
};

class HeldCountersTest : public CorePmuTest {
 protected:
  void SetUp() override {
    CorePmuTest::SetUp();
    if (IsSkipped()) return;
    if (!permissions_.may_count_cpus()) GTEST_SKIP() << "may not hold counters of a CPU";
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    ASSERT_EQ(sched_setaffinity(0, sizeof first, &first), 0);
    const auto probe = Probe();
    existing_ = probe.existing;
    ASSERT_GE(existing_, 6);
    if (probe.free != existing_) GTEST_SKIP() << "somebody else holds counters already";
  }
  CounterProbe Probe() {
    auto probe = ProbeCore(SystemKernel(), candidates_, permissions_, dedicated_);
    EXPECT_TRUE(probe.ok()) << probe.error().ToString();
    return probe ? *probe : CounterProbe{};
  }
  int existing_ = 0;
};

TEST_F(HeldCountersTest, TheRestIsFreeAndTheHolderIsNamed) {
  for (int k = 1; k <= 5; ++k) {
    const Holder holder(std::vector<EventEncoding>(k, instructions_), permissions_);
    ASSERT_TRUE(holder.holds()) << k;
    const CounterProbe probe = Probe();
    EXPECT_EQ(probe.existing, existing_) << k;
    EXPECT_EQ(probe.free, existing_ - k) << k;
    ASSERT_EQ(probe.dedicated.size(), 1u) << k;
    EXPECT_TRUE(probe.dedicated[0].free) << k;
    const auto holders = FindHolders("/", permissions_, probe.existing - probe.free);
    ASSERT_EQ(holders.size(), 1u) << k;
    EXPECT_EQ(holders[0].kind, CounterHolder::Kind::kProcess);
    EXPECT_EQ(holders[0].pid, holder.pid());
    EXPECT_EQ(holders[0].name, "greedy");
    EXPECT_EQ(holders[0].events, k);
  }
  EXPECT_EQ(Probe().free, existing_) << "when the holder is gone, all are free again";
}

TEST_F(HeldCountersTest, AHeldCycleCounterExistsAndIsNotFree) {
  const Holder holder({cycles_}, permissions_);
  ASSERT_TRUE(holder.holds());
  const CounterProbe probe = Probe();
  EXPECT_EQ(probe.free, existing_);
  ASSERT_EQ(probe.dedicated.size(), 1u);
  EXPECT_FALSE(probe.dedicated[0].free);
}

/// Counts every pass of a plan for all metrics, pinned: each has to run all the time.
void ExpectFullRatio(const Permissions& permissions, int free) {
  MeasurementRequest request;
  request.metrics = {"all"};
  auto plan = PrepareMeasurement(request, SystemKernel());
  ASSERT_TRUE(plan.ok()) << plan.error().ToString();
  EXPECT_EQ(plan->counters.free, free);
  ASSERT_FALSE(plan->passes.empty());
  int hardware = 0;
  for (const auto& pass : plan->passes) {
    auto set = CounterSet::Open(SystemKernel(), pass, CounterTarget::CallingThread(),
                                {.pinned = true, .exclude_kernel = true}, permissions);
    ASSERT_TRUE(set.ok()) << set.error().ToString();
    ASSERT_TRUE(set->Enable().ok());
    SetReading begin;
    SetReading end;
    ASSERT_TRUE(set->ReadBegin(begin)) << set->Explain().ToString();
    volatile unsigned sink = 0;
    for (unsigned i = 0; i < 100'000; ++i) sink = sink + i;
    ASSERT_TRUE(set->ReadEnd(end)) << set->Explain().ToString();
    for (std::size_t i = 0; i < set->groups().size(); ++i) {
      EXPECT_GT(end[i].time_enabled, begin[i].time_enabled);
      EXPECT_EQ(end[i].time_running - begin[i].time_running,
                end[i].time_enabled - begin[i].time_enabled);
      if (set->groups()[i].events()[0].type != PERF_TYPE_SOFTWARE) ++hardware;
    }
  }
  EXPECT_GT(hardware, 0) << "no pass used the core's counters";
}

TEST_F(HeldCountersTest, APlanForWhatIsFreeRunsAllTheTime) {
  ExpectFullRatio(permissions_, existing_);
  for (int k = 1; k <= 5; ++k) {
    const Holder holder(std::vector<EventEncoding>(k, instructions_), permissions_);
    ASSERT_TRUE(holder.holds());
    SCOPED_TRACE(k);
    ExpectFullRatio(permissions_, existing_ - k);
  }
}

TEST_F(HeldCountersTest, APlanRunsAllTheTimeBesideAHeldCycleCounter) {
  const Holder holder({cycles_, instructions_}, permissions_);
  ASSERT_TRUE(holder.holds());
  ExpectFullRatio(permissions_, existing_ - 1);
}

TEST_F(HeldCountersTest, EventsConflictOnlyWhereTooFewCountersAreLeft) {
  const std::vector<EventEncoding> events = {candidates_[0], candidates_[1], cycles_};
  EXPECT_TRUE(FindConflicts(SystemKernel(), events, permissions_).conflicts.empty());
  const Holder holder(std::vector<EventEncoding>(existing_ - 1, instructions_), permissions_);
  ASSERT_TRUE(holder.holds());
  const auto report = FindConflicts(SystemKernel(), events, permissions_);
  EXPECT_EQ(report.pairs, 3);
  ASSERT_EQ(report.conflicts.size(), 1u) << "cycles have a counter of their own";
  EXPECT_THAT(report.conflicts[0].why, HasSubstr("gets no counters"));
}

TEST_F(HeldCountersTest, TheProbeIsFast) {
  // The lab's time is its number of instructions: this is a bound on work, not on speed.
  const auto cpu_seconds = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  const double begin = cpu_seconds();
  Probe();
  const double seconds = cpu_seconds() - begin;
  RecordProperty("probe_cpu_seconds", std::to_string(seconds));
  std::printf("probe: %.3f s of CPU time\n", seconds);
  EXPECT_LT(seconds, 1.0);
}

}  // namespace
}  // namespace pmubench
