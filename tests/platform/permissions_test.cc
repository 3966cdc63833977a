#include "platform/permissions.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using testing::FakeRoot;

Permissions PermissionsOf(void (*lay)(const FakeRoot&)) {
  FakeRoot root;
  lay(root);
  return ReadPermissions(root.path());
}

TEST(PermissionsTest, OrdinaryUserOnAServer) {
  const Permissions permissions = PermissionsOf(testing::LayIntelServer);
  EXPECT_EQ(permissions.paranoid, 2);
  EXPECT_EQ(permissions.euid, 1000);
  EXPECT_EQ(permissions.nmi_watchdog, 1);
  EXPECT_EQ(permissions.rdpmc_x86, 1);
  EXPECT_FALSE(permissions.user_access_arm.has_value());
  EXPECT_EQ(permissions.ptrace_scope, 1);
  EXPECT_EQ(permissions.container, "");
  EXPECT_EQ(permissions.open_files, 1024u);
  EXPECT_EQ(permissions.open_files_hard, 4096u);
  EXPECT_TRUE(permissions.may_count_user());
  EXPECT_FALSE(permissions.may_count_kernel());
  EXPECT_FALSE(permissions.may_count_cpus());
}

TEST(PermissionsTest, ArmHasUserAccessAndNoWatchdog) {
  const Permissions permissions = PermissionsOf(testing::LayArmServer);
  EXPECT_EQ(permissions.user_access_arm, 0);
  EXPECT_FALSE(permissions.nmi_watchdog.has_value());
  EXPECT_FALSE(permissions.rdpmc_x86.has_value());
}

TEST(PermissionsTest, RootMayEverything) {
  const Permissions permissions = PermissionsOf(testing::LayCloudVm);
  EXPECT_TRUE(permissions.may_perfmon());
  EXPECT_TRUE(permissions.may_count_cpus());
}

TEST(PermissionsTest, RootInAContainerIsNotRoot) {
  const Permissions permissions = PermissionsOf(testing::LayContainer);
  EXPECT_EQ(permissions.euid, 0);
  EXPECT_EQ(permissions.container, "docker");
  EXPECT_EQ(permissions.seccomp, 2);
  EXPECT_FALSE(permissions.may_perfmon());
  EXPECT_FALSE(permissions.may_count_user());
}

TEST(PermissionsTest, EitherCapabilityLiftsTheLevel) {
  Permissions permissions;
  permissions.paranoid = 4;
  EXPECT_FALSE(permissions.may_count_user());
  permissions.effective = 1ULL << 38;
  EXPECT_TRUE(permissions.may_count_cpus());
  permissions.effective = 1ULL << 21;
  EXPECT_TRUE(permissions.may_count_cpus());
}

TEST(PermissionsTest, KnowsContainersByTheirMarks) {
  const auto with = [](const std::string& file, const std::string& text) {
    FakeRoot root;
    root.Write(file, text);
    return ReadPermissions(root.path()).container;
  };
  EXPECT_EQ(with("run/.containerenv", ""), "podman");
  EXPECT_EQ(with("proc/self/cgroup", "1:name=systemd:/kubepods/besteffort/pod1/2"), "kubernetes");
  EXPECT_EQ(with("proc/self/cgroup", "9:cpu:/docker/0123"), "docker");
  EXPECT_EQ(with("run/systemd/container", "lxc"), "lxc");
  EXPECT_EQ(with("proc/self/cgroup", "0::/user.slice"), "");
}

TEST(PermissionsTest, AnEmptyRootIsUnknownNotAnError) {
  FakeRoot root;
  const Permissions permissions = ReadPermissions(root.path());
  EXPECT_FALSE(permissions.paranoid.has_value());
  EXPECT_TRUE(permissions.may_count_user());
}

TEST(PermissionsTest, ReadsThisProcess) {
  EXPECT_EQ(ReadPermissions("/").euid, static_cast<int>(geteuid()));
}

}  // namespace
}  // namespace pmubench
