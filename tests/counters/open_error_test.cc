#include "counters/open_error.h"

#include <errno.h>
#include <gmock/gmock.h>

namespace pmubench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const EventEncoding kCycles{"cycles", "cpu", 4, 0x3c, 0, 0};
const EventEncoding kFaults{"page-faults", "software", 1, 2, 0, 0};

Permissions User(int paranoid) {
  Permissions permissions;
  permissions.paranoid = paranoid;
  permissions.euid = 1000;
  return permissions;
}

TEST(OpenErrorTest, ParanoidNamesItsValueAndTheSysctl) {
  const Error error = ExplainOpenError(EACCES, kCycles, User(4), {});
  EXPECT_EQ(error.code, ErrorCode::kNotPermitted);
  EXPECT_THAT(error.message, HasSubstr("perf_event_paranoid is 4"));
  EXPECT_THAT(error.remedy,
              AllOf(HasSubstr("sysctl -w kernel.perf_event_paranoid=2"),
                    HasSubstr("setcap cap_perfmon+ep PROGRAM"), Not(HasSubstr("container"))));
}

TEST(OpenErrorTest, TheLevelDependsOnWhatWasAsked) {
  OpenRequest kernel;
  kernel.exclude_kernel = false;
  EXPECT_THAT(ExplainOpenError(EACCES, kCycles, User(2), kernel).remedy, HasSubstr("paranoid=1"));
  OpenRequest whole_cpu;
  whole_cpu.pid = -1;
  whole_cpu.cpu = 0;
  whole_cpu.program = "/usr/bin/pmubench";
  EXPECT_THAT(ExplainOpenError(EACCES, kCycles, User(1), whole_cpu).remedy,
              AllOf(HasSubstr("paranoid=0"), HasSubstr("/usr/bin/pmubench")));
}

TEST(OpenErrorTest, ContainersGetTheirFlags) {
  Permissions permissions = User(4);
  permissions.container = "docker";
  EXPECT_THAT(ExplainOpenError(EPERM, kCycles, permissions, {}).remedy,
              AllOf(HasSubstr("--cap-add PERFMON"), HasSubstr("--security-opt seccomp=")));
  permissions.container = "kubernetes";
  EXPECT_THAT(ExplainOpenError(EPERM, kCycles, permissions, {}).remedy,
              HasSubstr("securityContext"));
}

TEST(OpenErrorTest, SeccompIsNamedWhereTheLevelAllowsIt) {
  Permissions permissions = User(2);
  permissions.container = "podman";
  permissions.seccomp = 2;
  const Error error = ExplainOpenError(EPERM, kCycles, permissions, {});
  EXPECT_THAT(error.message, AllOf(HasSubstr("seccomp"), HasSubstr("podman")));
  EXPECT_THAT(error.remedy, HasSubstr("podman run --cap-add PERFMON"));
}

TEST(OpenErrorTest, AnotherUsersProcess) {
  Permissions permissions = User(2);
  permissions.ptrace_scope = 1;
  OpenRequest attach;
  attach.pid = 77;
  const Error error = ExplainOpenError(EPERM, kCycles, permissions, attach);
  EXPECT_THAT(error.message, HasSubstr("process 77"));
  EXPECT_THAT(error.remedy, HasSubstr("ptrace_scope is 1"));
}

TEST(OpenErrorTest, OtherwiseASecurityModule) {
  EXPECT_THAT(ExplainOpenError(EACCES, kCycles, User(-1), {}).message,
              HasSubstr("security module"));
}

TEST(OpenErrorTest, NoPmuIsNotNoEvent) {
  OpenRequest no_pmu;
  no_pmu.has_core_pmu = false;
  for (const int err : {ENOENT, ENODEV, EOPNOTSUPP}) {
    EXPECT_EQ(ExplainOpenError(err, kCycles, User(2), no_pmu).code, ErrorCode::kNoPmu) << err;
    EXPECT_EQ(ExplainOpenError(err, kCycles, User(2), {}).code, ErrorCode::kNoSuchEvent) << err;
    EXPECT_EQ(ExplainOpenError(err, kFaults, User(2), no_pmu).code, ErrorCode::kNoSuchEvent) << err;
  }
}

TEST(OpenErrorTest, InvalidInAGroupIsTooLarge) {
  OpenRequest member;
  member.group_member = true;
  member.group_size = 7;
  const Error error = ExplainOpenError(EINVAL, kCycles, User(2), member);
  EXPECT_EQ(error.code, ErrorCode::kGroupTooLarge);
  EXPECT_THAT(error.message, HasSubstr("6 event(s)"));
  EXPECT_EQ(ExplainOpenError(EINVAL, kCycles, User(2), {}).code, ErrorCode::kNoSuchEvent);
}

TEST(OpenErrorTest, OpenFilesNameTheLimit) {
  Permissions permissions = User(2);
  permissions.open_files = 1024;
  permissions.open_files_hard = 4096;
  const Error error = ExplainOpenError(EMFILE, kCycles, permissions, {});
  EXPECT_THAT(error.message, HasSubstr("1024"));
  EXPECT_THAT(error.remedy, HasSubstr("ulimit -n 4096"));
}

TEST(OpenErrorTest, EveryErrnoHasMessageAndRemedy) {
  for (int err = 1; err < 134; ++err) {
    const Error error = ExplainOpenError(err, kCycles, User(2), {});
    EXPECT_FALSE(error.message.empty()) << err;
    EXPECT_FALSE(error.remedy.empty()) << err;
    EXPECT_THAT(error.message, HasSubstr("cycles")) << err;
  }
}

}  // namespace
}  // namespace pmubench
