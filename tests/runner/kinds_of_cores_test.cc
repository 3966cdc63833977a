// A machine with two kinds of cores: events are of one of them, and that is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include "counters/fake_kernel.h"
#include "platform/fake_machine.h"
#include "runner/measurement_plan.h"
#include "runner/stat_targets.h"

namespace pmubench {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The made-up machine has CPUs 0 to 3 of one kind: this thread has to be on one of them.
class KindsOfCoresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    if (sched_setaffinity(0, sizeof first, &first) != 0) GTEST_SKIP() << "CPU 0 is not ours";
    testing::LayBigLittle(root_);
  }
  void TearDown() override { sched_setaffinity(0, sizeof before_, &before_); }

  MeasurementPlan Prepare(const std::vector<std::string>& metrics) {
    MeasurementRequest request;
    request.metrics = metrics;
    request.root = root_.path();
    request.state = root_.path() / "state";
    return *PrepareMeasurement(request, kernel_);
  }

  testing::FakeRoot root_;
  FakeKernel kernel_;
  cpu_set_t before_{};
};

TEST_F(KindsOfCoresTest, EventsAreOfTheCoreThatRunsAndThatIsSaid) {
  const MeasurementPlan plan = Prepare({"ipc"});
  EXPECT_EQ(plan.catalogue.core, "arm-pmuv3");
  ASSERT_EQ(plan.passes.size(), 1u);
  for (const EventEncoding& event : plan.passes[0]) EXPECT_EQ(event.pmu, "armv8_cortex_a53");
  EXPECT_THAT(plan.cpus, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(DescribeMissing(plan),
              Contains(HasSubstr("armv8_cortex_a53 (CPUs 0-3), where pmubench was started, not on "
                                 "armv8_cortex_a72 (CPUs 4-5)")));
}

TEST_F(KindsOfCoresTest, SoftwareEventsAreCountedEverywhere) {
  const MeasurementPlan plan = Prepare({"page_faults"});
  EXPECT_THAT(plan.cpus, IsEmpty());
  EXPECT_THAT(plan.remarks, IsEmpty());
}

TEST_F(KindsOfCoresTest, TheWholeMachineIsTheCpusThatTheEventsCountOn) {
  const MeasurementPlan plan = Prepare({"ipc"});
  for (const auto& [cpus, targets] :
       {std::pair{plan.cpus, 4u}, std::pair{std::vector<int>{}, 6u}}) {
    Rotation rotation(kernel_, plan.passes, {}, {}, plan.permissions);
    TargetRequest request;
    request.kind = TargetKind::kCpus;
    request.cpus = cpus;
    request.root = root_.path();
    StatTargets all(request);
    ASSERT_TRUE(all.Attach(rotation).ok());
    EXPECT_EQ(rotation.target_count(), targets);
  }
}

}  // namespace
}  // namespace pmubench
