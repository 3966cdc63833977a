#include "runner/child.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>

namespace pmubench {
namespace {

ChildEnd RunShell(const std::string& script, std::string* output = nullptr) {
  ChildOptions options{{"sh", "-c", script}, {{"PMUBENCH_TEST", "value"}}};
  options.output = ChildOptions::Output::kCapture;
  auto child = Child::Start(options);
  EXPECT_TRUE(child.ok());
  EXPECT_TRUE(child->Release().ok());
  const ChildEnd end = child->Wait();
  if (output != nullptr) *output = child->output();
  return end;
}

TEST(Child, PassesExitCodesOutputAndEnvironment) {
  std::string output;
  EXPECT_EQ(RunShell("echo $PMUBENCH_TEST; exit 7", &output).exit_code, 7);
  EXPECT_EQ(output, "value\n");
}

TEST(Child, ASignalIs128AndItsNumber) {
  const ChildEnd end = RunShell("kill -TERM $$");
  EXPECT_EQ(end.signal, SIGTERM);
  EXPECT_EQ(end.exit_code, 128 + SIGTERM);
}

TEST(Child, AMissingProgramIsAReason) {
  auto child = Child::Start({{"/nonexistent/program"}, {}});
  ASSERT_TRUE(child.ok());
  auto released = child->Release();
  ASSERT_FALSE(released.ok());
  EXPECT_EQ(released.error().code, ErrorCode::kNotFound);
}

TEST(Child, ErrorsHeldBackAreShownIfItFails) {
  const auto shown = [](const std::string& script) {
    ChildOptions options{{"sh", "-c", script}, {}};
    options.errors = ChildOptions::Errors::kIfItFails;
    ::testing::internal::CaptureStderr();
    auto child = Child::Start(options);
    EXPECT_TRUE(child.ok());
    EXPECT_TRUE(child->Release().ok());
    child->Wait();
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(shown("echo said >&2"), "");
  EXPECT_EQ(shown("echo one >&2; echo two >&2; exit 3"), "one\ntwo\n");
  EXPECT_EQ(shown("echo said >&2; kill -KILL $$"), "said\n");
}

TEST(Child, IsKilledWithItsOwner) {
  pid_t pid = 0;
  {
    auto child = Child::Start({{"sleep", "1000"}, {}});
    ASSERT_TRUE(child.ok());
    ASSERT_TRUE(child->Release().ok());
    pid = child->pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

}  // namespace
}  // namespace pmubench
