// Progress and colours are for terminals: `script` (util-linux) gives a program one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/child.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Everything the linked suite prints while it repeats a benchmark for some 0.6 s.
std::string Output(bool on_terminal) {
  const std::string suite = std::string(PMUBENCH_TEST_BENCHMARKS) +
                            "/known_faults_linked --benchmark_filter=BM_keep_running$ "
                            "--benchmark_min_time=0.1 --benchmark_repetitions=6 2>&1";
  ChildOptions options;
  options.command = {"sh", "-c", suite};
  if (on_terminal) options.command = {"script", "-qec", "TERM=xterm " + suite, "/dev/null"};
  options.output = ChildOptions::Output::kCapture;
  auto child = Child::Start(options);
  EXPECT_TRUE(child.ok());
  EXPECT_TRUE(child->Release().ok());
  EXPECT_EQ(child->Wait().exit_code, 0);
  return child->output();
}

TEST(Terminal, ShowsProgressAndColours) {
  const std::string output = Output(true);
  EXPECT_THAT(output, HasSubstr("of the next\x1b[K"));
  EXPECT_THAT(output, HasSubstr("\x1b[0;32m"));
}

TEST(Terminal, AFileGetsNeither) { EXPECT_THAT(Output(false), Not(HasSubstr("\x1b"))); }

}  // namespace
}  // namespace pmubench
