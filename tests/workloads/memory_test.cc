#include "common/memory.h"

#include <gmock/gmock.h>

#include <string>

#include "test_folder.h"

namespace pmubench {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// A machine with 8 GiB to spare, and the groups that a test gives it.
class AvailableMemoryTest : public testing::Test {
 protected:
  AvailableMemoryTest() {
    Write("proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable:    8388608 kB\n");
  }

  void Write(const std::string& path, const std::string& text) const { folder_.Write(path, text); }

  const TestFolder folder_;
  const std::filesystem::path& root_ = folder_.path();
};

TEST_F(AvailableMemoryTest, IsTheKernelsWithoutAGroup) {
  EXPECT_EQ(AvailableMemory(root_), 8192 * kMiB);
  Write("proc/self/cgroup", "0::/a\n");
  Write("sys/fs/cgroup/a/memory.max", "max\n");
  Write("sys/fs/cgroup/a/memory.current", "1048576\n");
  EXPECT_EQ(AvailableMemory(root_), 8192 * kMiB);
}

TEST_F(AvailableMemoryTest, IsWhatTheTightestGroupLeavesBesideFilesCache) {
  Write("proc/self/cgroup", "0::/a/b\n");
  Write("sys/fs/cgroup/a/memory.max", std::to_string(1000 * kMiB));
  Write("sys/fs/cgroup/a/memory.current", std::to_string(700 * kMiB));
  Write("sys/fs/cgroup/a/memory.stat",
        "anon 1\nfile " + std::to_string(500 * kMiB) + "\nfile_mapped 3\n");
  Write("sys/fs/cgroup/a/b/memory.max", "max\n");
  EXPECT_EQ(AvailableMemory(root_), 800 * kMiB);
}

TEST_F(AvailableMemoryTest, KnowsTheFirstVersionOfGroups) {
  Write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/x\n");
  Write("sys/fs/cgroup/memory/x/memory.limit_in_bytes", std::to_string(300 * kMiB));
  Write("sys/fs/cgroup/memory/x/memory.usage_in_bytes", std::to_string(400 * kMiB));
  EXPECT_EQ(AvailableMemory(root_), 1) << "nothing is left, which is not the same as unknown";
}

TEST(CheckFits, SaysWhatWould) {
  const auto fits = CheckFits(900 * kMiB, 800 * kMiB, 3);
  ASSERT_FALSE(fits.ok());
  EXPECT_THAT(fits.error().remedy, testing::HasSubstr("at most 240 MiB an array"));
  EXPECT_TRUE(CheckFits(700 * kMiB, 800 * kMiB, 3).ok());
}

}  // namespace
}  // namespace pmubench
