#include <gmock/gmock.h>

#include <filesystem>

#include "runner/workloads.h"
#include "test_folder.h"

namespace pmubench {
namespace {

using testing::HasSubstr;

TEST(WorkloadRegistry, EveryBundledOneSaysWhatItIs) {
  ASSERT_FALSE(BundledWorkloads().empty());
  for (const Workload& workload : BundledWorkloads()) {
    EXPECT_THAT(workload.binary, testing::StartsWith("pmubench_")) << workload.name;
    EXPECT_FALSE(workload.stresses.empty()) << workload.name;
    EXPECT_TRUE(FindWorkload(workload.name).ok());
  }
}

TEST(WorkloadRegistry, SuggestsTheNearestName) {
  const auto found = FindWorkload("straem");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(found.error().remedy, HasSubstr("'stream'"));
  EXPECT_THAT(FindWorkload("zzzzzzzz").error().remedy, HasSubstr("bundled are suite, stream"));
}

TEST(WorkloadRegistry, RefusesWhatIsNoRegistry) {
  EXPECT_FALSE(ParseWorkloads("").ok());
  EXPECT_FALSE(ParseWorkloads("{\"workloads\": 1}").ok());
  EXPECT_FALSE(ParseWorkloads("{\"workloads\": [1]}").ok());
  const auto nameless = ParseWorkloads(R"({"workloads": [{"name": "x", "binary": 3}]})");
  ASSERT_FALSE(nameless.ok());
  EXPECT_THAT(nameless.error().message, HasSubstr("'x'"));
  EXPECT_FALSE(
      ParseWorkloads(
          R"({"workloads": [{"name": "x", "binary": "y", "summary": "z", "needs": {"a": 1}}]})")
          .ok());
}

TEST(WorkloadRegistry, SaysWhatIsMissing) {
  Workload workload;
  workload.name = "x";
  workload.binary = "pmubench_x";
  workload.needs = {{"no-such-server", "no-such-package"}};
  const auto missing = LocateWorkload(workload, "/nowhere", "/bin");
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().ToString(), HasSubstr("apt-get install no-such-package"));
  workload.needs = {{"sh", "dash"}};
  EXPECT_THAT(LocateWorkload(workload, "/nowhere", "/bin").error().message, HasSubstr("not built"));
  workload.built_with = "libsome-dev";
  EXPECT_THAT(LocateWorkload(workload, "/nowhere", "/bin").error().remedy,
              HasSubstr("apt-get install libsome-dev"));

  const TestFolder folder;
  const auto program = folder.Write("pmubench_x", "#!/bin/sh\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const auto there = LocateWorkload(workload, folder.path(), "/bin");
  EXPECT_TRUE(there.ok() && *there == program);
}

}  // namespace
}  // namespace pmubench
