#include "runner/gbench/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace pmubench::gbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Taken {
  Result<Flags> flags;
  std::vector<std::string> left;
};

Taken Take(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "bench");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(arguments.size());
  Taken taken{TakeFlags(&argc, argv.data()), {}};
  for (int i = 1; i < argc; ++i) taken.left.emplace_back(argv[i]);
  return taken;
}

TEST(Flags, OursAreTakenTheirsAreLeft) {
  const Taken taken = Take({"--pmubench_metrics=ipc, branch_mpki", "--benchmark_filter=x", "own",
                            "--pmubench_out=r.json", "--pmubench_kernel"});
  ASSERT_TRUE(taken.flags.ok());
  EXPECT_THAT(taken.flags->metrics, ElementsAre("ipc", "branch_mpki"));
  EXPECT_EQ(taken.flags->out, "r.json");
  EXPECT_TRUE(taken.flags->kernel);
  EXPECT_THAT(taken.left, ElementsAre("--benchmark_filter=x", "own"));
}

TEST(Flags, RepetitionsAndOutputAreTakenOver) {
  const Taken taken = Take({"--benchmark_repetitions=5", "--benchmark_out=b.json",
                            "--benchmark_report_aggregates_only=true"});
  ASSERT_TRUE(taken.flags.ok());
  EXPECT_EQ(taken.flags->repetitions, 5);
  EXPECT_EQ(taken.flags->benchmark_out, "b.json");
  EXPECT_TRUE(taken.flags->report_aggregates_only);
  EXPECT_TRUE(taken.left.empty());
}

TEST(Flags, TheCommandLineBeatsTheEnvironment) {
  setenv("PMUBENCH_OUT", "from_environment.json", 1);
  setenv("PMUBENCH_METRICS", "ipc", 1);
  const Taken taken = Take({"--pmubench_out=from_flag.json"});
  unsetenv("PMUBENCH_OUT");
  unsetenv("PMUBENCH_METRICS");
  ASSERT_TRUE(taken.flags.ok());
  EXPECT_EQ(taken.flags->out, "from_flag.json");
  EXPECT_THAT(taken.flags->metrics, ElementsAre("ipc"));
}

TEST(Flags, WrongUseIsAnError) {
  EXPECT_THAT(Take({"--pmubench_metric=ipc"}).flags.error().message,
              HasSubstr("--pmubench_metric"));
  EXPECT_FALSE(Take({"--pmubench_metrics="}).flags.ok());
  EXPECT_FALSE(Take({"--pmubench_kernel=perhaps"}).flags.ok());
  EXPECT_FALSE(Take({"--benchmark_repetitions=-1"}).flags.ok());
  EXPECT_FALSE(Take({"--benchmark_repetitions=3x"}).flags.ok());
}

}  // namespace
}  // namespace pmubench::gbench
