#include "branches/step_recorder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "branches/aggregate.h"
#include "branches/elf_image.h"
#include "branches/ptrace_error.h"
#include "test_folder.h"

namespace pmubench {
namespace {

const std::string kTarget = std::string(PMUBENCH_BINARY_DIR) + "/tests/branches/branch_target";

bool Steps() { return HostMachine() != Machine::kUnknown; }

// Taken branches into a function, by where its symbol is.
std::uint64_t Calls(const BranchProfile& profile, const std::string& name) {
  const auto image = ElfImage::Read(kTarget);
  if (!image) return 0;
  const auto part = profile.images.find(image->build_id());
  if (part == profile.images.end()) return 0;
  std::uint64_t calls = 0;
  for (const ElfFunction& function : image->functions()) {
    if (function.name != name) continue;
    for (const auto& [where, count] : part->second.branches) {
      if (where.second == function.address) calls += count.taken;
    }
  }
  return calls;
}

TEST(StepRecorder, KnownBranchRatio) {
  if (!Steps()) GTEST_SKIP() << "stepping is written for x86-64 and aarch64";
  BranchAggregator aggregator("software");
  StepOptions options;
  options.only = kTarget;
  const auto report = RecordCommandByStepping({kTarget, "600"}, options, aggregator);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(report->exit_code, 0);
  ASSERT_GT(report->stacks, 2u);
  const auto often = static_cast<double>(Calls(aggregator.profile(), "Often"));
  const auto rare = static_cast<double>(Calls(aggregator.profile(), "Rare"));
  ASSERT_GT(rare, 0);
  EXPECT_NEAR(often / rare, 3.0, 1.0);
}

TEST(StepRecorder, SourcesAreBranchesAndRangesFollow) {
  if (!Steps()) GTEST_SKIP() << "stepping is written for x86-64 and aarch64";
  BranchAggregator aggregator("software");
  const auto report = RecordCommandByStepping({kTarget, "100"}, {}, aggregator);
  ASSERT_TRUE(report) << report.error().ToString();
  const auto image = ElfImage::Read(kTarget);
  ASSERT_TRUE(image);
  const auto part = aggregator.profile().images.find(image->build_id());
  ASSERT_NE(part, aggregator.profile().images.end());
  for (const auto& [where, count] : part->second.branches) {
    if (where.first == kOutside) continue;
    EXPECT_TRUE(Decode(image->machine(), image->BytesAt(where.first, 16)).is_branch())
        << std::hex << where.first;
  }
  EXPECT_GT(part->second.RangeTotal(), part->second.TakenTotal() / 2);
  EXPECT_EQ(aggregator.profile().losses.bad_ranges, 0u);
}

TEST(StepRecorder, SeveralThreadsAndAShellAroundThem) {
  if (!Steps()) GTEST_SKIP() << "stepping is written for x86-64 and aarch64";
  BranchAggregator aggregator("software");
  const auto report = RecordCommandByStepping(
      {"/bin/sh", "-c", kTarget + " 400 3 > /dev/null; exit 7"}, {}, aggregator);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(report->exit_code, 7);
  EXPECT_GE(report->threads, 4u);  // the shell, and three
  EXPECT_GE(report->processes, 2u);
  EXPECT_GT(Calls(aggregator.profile(), "Often"), 0u);
}

TEST(StepRecorder, RunningProcessGoesOnAfterwards) {
  if (!Steps()) GTEST_SKIP() << "stepping is written for x86-64 and aarch64";
  const pid_t child = fork();
  if (child == 0) {
    execl(kTarget.c_str(), kTarget.c_str(), "600", "2", nullptr);
    _exit(127);
  }
  const std::string running = "/proc/" + std::to_string(child) + "/exe";
  std::error_code ignored;
  for (int i = 0; i < 60'000 && !std::filesystem::equivalent(running, kTarget, ignored); ++i) {
    usleep(1000);
  }
  BranchAggregator aggregator("software");
  StepOptions options;
  options.interrupted = [&] { return Calls(aggregator.profile(), "Often") > 0; };
  const auto report = RecordProcessByStepping(child, options, aggregator);
  if (!report && report.error().code == ErrorCode::kNotPermitted) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    GTEST_SKIP() << report.error().ToString();
  }
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_GT(Calls(aggregator.profile(), "Often"), 0u);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(StepRecorder, CommandThatIsNotThere) {
  BranchAggregator aggregator("software");
  const auto report = RecordCommandByStepping({"/nowhere/at/all"}, {}, aggregator);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kNotFound);
}

TEST(StepRecorder, CommandThatExitsAtOnce) {
  BranchAggregator aggregator("software");
  const auto report = RecordCommandByStepping({"/bin/true"}, {}, aggregator);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(report->exit_code, 0);
}

TEST(StepRecorder, RefusalNamesYamasLevel) {
  const TestFolder folder;
  const std::string root = folder.path();
  const auto set = [&](int level) {
    folder.Write("proc/sys/kernel/yama/ptrace_scope", std::to_string(level) + "\n");
  };
  set(1);
  const Error attach = ExplainPtraceError(EPERM, "process 1", false, root);
  EXPECT_EQ(attach.code, ErrorCode::kNotPermitted);
  EXPECT_NE(attach.message.find("ptrace_scope is 1"), std::string::npos);
  EXPECT_NE(attach.remedy.find("CAP_SYS_PTRACE"), std::string::npos);
  set(3);
  EXPECT_NE(ExplainPtraceError(EPERM, "x", true, root).remedy.find("next boot"), std::string::npos);
  EXPECT_NE(ExplainPtraceError(EPERM, "x", true, "/nowhere").remedy.find("SYS_PTRACE"),
            std::string::npos);
}

}  // namespace
}  // namespace pmubench
