// Groups of resctrl in a folder that a test lays out as the kernel does.
#include "bandwidth/resctrl_group.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cerrno>

#include "platform/fake_machine.h"
#include "platform/files.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ResctrlAbility kAbility = {0x7fff, 2, 10, 10};
constexpr const char* kSchemata = "    MB:0=100;1=100\n    L3:0=7fff;1=7fff\n";

TEST(Schemata, LowestWaysAndSteps) {
  EXPECT_EQ(*SchemataOf({4, {}}, kAbility, kSchemata), "L3:0=f;1=f\n");
  EXPECT_EQ(*SchemataOf({{}, 33}, kAbility, kSchemata), "MB:0=40;1=40\n");
  EXPECT_EQ(*SchemataOf({15, 100}, kAbility, kSchemata), "MB:0=100;1=100\nL3:0=7fff;1=7fff\n");
  EXPECT_EQ(*SchemataOf({3, {}}, kAbility, "L3DATA:0=7fff\nL3CODE:0=7fff"),
            "L3DATA:0=7\nL3CODE:0=7\n");
}

TEST(Schemata, WhatIsNotPossible) {
  for (const int ways : {0, 1, 16, 64}) {
    const auto lines = SchemataOf({ways, {}}, kAbility, kSchemata);
    ASSERT_FALSE(lines.ok()) << ways;
    EXPECT_EQ(lines.error().code, ErrorCode::kUsage);
    EXPECT_THAT(lines.error().message, HasSubstr("15 ways"));
  }
  EXPECT_EQ(SchemataOf({4, {}}, kAbility, "MB:0=100").error().code, ErrorCode::kNoPmu);
  EXPECT_EQ(SchemataOf({{}, 50}, kAbility, "L3:0=7fff").error().code, ErrorCode::kNoPmu);
  // AMD: 1/8 GB/s, 2048 is no limit.
  EXPECT_THAT(SchemataOf({{}, 50}, kAbility, "MB:0=2048").error().message, HasSubstr("percent"));
}

TEST(Groups, SayWhyNot) {
  EXPECT_THAT(GroupError(ENOSPC, "g").message, HasSubstr("no group left"));
  EXPECT_EQ(GroupError(EACCES, "g").code, ErrorCode::kNotPermitted);
  const testing::FakeRoot root;
  const auto group = ResctrlGroup::Make(root.path(), {});
  ASSERT_FALSE(group.ok());
  EXPECT_THAT(group.error().message, HasSubstr("not mounted"));
}

class ResctrlFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    root_.Write(kMount + "/schemata", kSchemata);
    root_.Write(kMount + "/info/L3/cbm_mask", "7fff");
    root_.Write(kMount + "/info/L3/min_cbm_bits", "1");
    root_.Write(kMount + "/info/MB/min_bandwidth", "10");
    root_.Write(kMount + "/info/MB/bandwidth_gran", "10");
    root_.Write(kMount + "/mon_data/mon_L3_00/mbm_total_bytes", "7");
    root_.MakeFolder(kMount + "/mon_groups");
    root_.MakeFolder("proc/" + std::to_string(getpid()));
  }
  [[nodiscard]] fs::path Mount() const { return root_.path() / kMount; }

  const std::string kMount = "sys/fs/resctrl";
  testing::FakeRoot root_;
};

TEST_F(ResctrlFolder, LimitsThisProcessAndGoesAgain) {
  const std::string before = *ReadText(Mount() / "schemata");
  fs::path folder;
  {
    const auto group = ResctrlGroup::Make(root_.path(), {4, 50});
    ASSERT_TRUE(group.ok()) << group.error().message;
    folder = group->folder();
    EXPECT_EQ(folder.parent_path(), Mount());
    EXPECT_EQ(ReadText(folder / "schemata"), "MB:0=50;1=50\nL3:0=f;1=f");
    EXPECT_EQ(ReadText(folder / "tasks"), std::to_string(getpid()));
  }
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_EQ(ReadText(Mount() / "schemata"), before);
}

TEST_F(ResctrlFolder, NothingStaysOfARefusedGroup) {
  EXPECT_FALSE(ResctrlGroup::Make(root_.path(), {99, {}}).ok());
  EXPECT_THAT(ListNames(Mount()), SizeIs(4));
}

TEST_F(ResctrlFolder, MonitorsByItself) {
  const auto group = ResctrlGroup::Make(root_.path(), {});
  ASSERT_TRUE(group.ok());
  EXPECT_EQ(group->folder().parent_path(), Mount() / "mon_groups");
  const std::vector<MemoryFile> machine = {
      {Mount() / "mon_data/mon_L3_00/mbm_total_bytes", {Direction::kTotal, 1, 0}}};
  EXPECT_THAT(group->FilesInPlaceOf(machine), IsEmpty());
  EXPECT_FALSE(group->CacheOccupancy().has_value());
  const std::string own = group->folder().lexically_relative(root_.path()).string();
  root_.Write(own + "/mon_data/mon_L3_00/mbm_total_bytes", "4096");
  root_.Write(own + "/mon_data/mon_L3_00/llc_occupancy", "65536");
  root_.Write(own + "/mon_data/mon_L3_01/llc_occupancy", "1024");
  const auto files = group->FilesInPlaceOf(machine);
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_EQ(ReadInteger(files[0].path), 4096);
  EXPECT_EQ(group->CacheOccupancy(), 66560);
}

TEST_F(ResctrlFolder, RemovesWhatACrashLeft) {
  root_.MakeFolder(kMount + "/pmubench-999999");
  root_.MakeFolder(kMount + "/mon_groups/pmubench-999998");
  root_.MakeFolder(kMount + "/somebody-else");
  root_.MakeFolder(kMount + "/pmubench-4711");
  root_.MakeFolder("proc/4711");
  EXPECT_EQ(RemoveStaleGroups(root_.path()), 2U);
  EXPECT_TRUE(fs::exists(Mount() / "somebody-else"));
  EXPECT_TRUE(fs::exists(Mount() / "pmubench-4711"));
  EXPECT_FALSE(fs::exists(Mount() / "pmubench-999999"));
  EXPECT_THAT(ListNames(Mount() / "mon_groups"), IsEmpty());
}

}  // namespace
}  // namespace pmubench
