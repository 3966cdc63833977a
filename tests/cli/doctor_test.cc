#include "cli/doctor.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using ::testing::AllOf;
using testing::FakeRoot;
using ::testing::HasSubstr;
using ::testing::Not;

DoctorReport ReportOf(void (*lay)(const FakeRoot&), const std::vector<SelfTest>& tests = {}) {
  FakeRoot root;
  lay(root);
  return Examine(root.path(), tests);
}

Finding Find(const DoctorReport& report, const std::string& what) {
  for (const Finding& finding : report.findings) {
    if (finding.what == what) return finding;
  }
  return {"", "", Verdict::kFact, "no finding about " + what, ""};
}

TEST(DoctorTest, AnArmServerCounts) {
  const DoctorReport report = ReportOf(testing::LayArmServer);
  EXPECT_EQ(Find(report, "core PMU").verdict, Verdict::kYes);
  EXPECT_THAT(Find(report, "core PMU").detail, HasSubstr("armv8_pmuv3_0 on CPUs 0-79"));
  EXPECT_THAT(Find(report, "memory bandwidth").detail, HasSubstr("cmn: 1 mesh"));
  EXPECT_THAT(Find(report, "memory bandwidth").remedy, HasSubstr("locate"));
  EXPECT_THAT(Find(report, "mrs").remedy, HasSubstr("kernel.perf_user_access=1"));
  EXPECT_EQ(Find(report, "governor").verdict, Verdict::kYes);
  EXPECT_EQ(Find(report, "NMI watchdog").section, "");
}

TEST(DoctorTest, AnIntelServersLimitsHaveRemedies) {
  const DoctorReport report = ReportOf(testing::LayIntelServer);
  EXPECT_THAT(Find(report, "NMI watchdog").remedy, HasSubstr("nmi_watchdog=0"));
  EXPECT_EQ(Find(report, "own processes, user mode").verdict, Verdict::kYes);
  EXPECT_EQ(Find(report, "own processes, kernel mode").verdict, Verdict::kNo);
  EXPECT_THAT(Find(report, "own processes, kernel mode").remedy, HasSubstr("paranoid=1"));
  EXPECT_THAT(Find(report, "whole CPUs, uncore PMUs").remedy, HasSubstr("paranoid=0"));
  EXPECT_THAT(Find(report, "turbo").remedy, HasSubstr("no_turbo"));
  EXPECT_THAT(Find(report, "governor").detail, HasSubstr("powersave"));
  EXPECT_THAT(Find(report, "branch records").detail, HasSubstr("32"));
  EXPECT_THAT(Find(report, "memory bandwidth").detail, HasSubstr("imc: 1 PMUs"));
  EXPECT_EQ(Find(report, "memory bandwidth").verdict, Verdict::kNo);
  EXPECT_THAT(Find(report, "memory bandwidth").remedy, HasSubstr("paranoid=0"));
}

TEST(DoctorTest, AVirtualMachineWithoutPmuSaysSo) {
  const DoctorReport report = ReportOf(testing::LayCloudVm);
  EXPECT_EQ(Find(report, "core PMU").verdict, Verdict::kNo);
  EXPECT_THAT(Find(report, "core PMU").remedy, HasSubstr("pmu=on"));
  EXPECT_EQ(Find(report, "page faults, context switches, migrations").verdict, Verdict::kYes);
  EXPECT_THAT(Find(report, "memory bandwidth").remedy, HasSubstr("bare metal"));
  EXPECT_THAT(Find(report, "machine").detail, HasSubstr("virtual machine"));
}

TEST(DoctorTest, AContainerGetsItsFlags) {
  const DoctorReport report = ReportOf(testing::LayContainer);
  EXPECT_EQ(Find(report, "container").detail, "docker");
  const Finding user = Find(report, "own processes, user mode");
  EXPECT_EQ(user.verdict, Verdict::kNo);
  EXPECT_THAT(user.detail, HasSubstr("perf_event_paranoid is 4"));
  EXPECT_THAT(user.remedy, AllOf(HasSubstr("paranoid=2"), HasSubstr("--cap-add PERFMON")));
  EXPECT_THAT(Find(report, "seccomp").remedy, HasSubstr("seccomp="));
  EXPECT_EQ(Find(report, "page faults").verdict, Verdict::kNo);
}

TEST(DoctorTest, AnEmptyMachineIsAReportToo) {
  FakeRoot root;
  const DoctorReport report = Examine(root.path(), {});
  EXPECT_EQ(Find(report, "perf_event").verdict, Verdict::kNo);
}

TEST(DoctorTest, SelfTestsAreShown) {
  const DoctorReport report =
      ReportOf(testing::LayCloudVm, {{"page faults", true, "64 of 64"}, {"cycles", false, "0"}});
  EXPECT_EQ(Find(report, "cycles").verdict, Verdict::kNo);
  EXPECT_EQ(Find(report, "page faults").detail, "64 of 64");
}

TEST(DoctorTest, ColoursOnlyWhereAsked) {
  const DoctorReport report = ReportOf(testing::LayIntelServer);
  EXPECT_THAT(DoctorText(report, false), Not(HasSubstr("\x1b")));
  EXPECT_THAT(DoctorText(report, true), HasSubstr("\x1b[31m"));
}

TEST(DoctorTest, JsonHoldsEveryFinding) {
  const DoctorReport report = ReportOf(testing::LayIntelServer);
  const auto json = nlohmann::json::parse(DoctorJson(report));
  ASSERT_EQ(json["findings"].size(), report.findings.size());
  EXPECT_EQ(json["findings"][0]["section"], "CPU");
  EXPECT_EQ(json["machine"]["cores"], 8);
  for (const auto& finding : json["findings"]) {
    EXPECT_THAT(finding["verdict"].get<std::string>(),
                ::testing::AnyOf("yes", "limited", "no", "fact"));
  }
}

}  // namespace
}  // namespace pmubench
