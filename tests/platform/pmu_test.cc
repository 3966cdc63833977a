#include "platform/pmu.h"

#include <gmock/gmock.h>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using testing::FakeRoot;
using ::testing::HasSubstr;

std::vector<PmuDevice> PmusOf(void (*lay)(const FakeRoot&)) {
  FakeRoot root;
  lay(root);
  return *ListPmus(root.path());
}

PmuDevice Named(const std::vector<PmuDevice>& pmus, const std::string& name) {
  for (const PmuDevice& pmu : pmus) {
    if (pmu.name == name) return pmu;
  }
  ADD_FAILURE() << "no PMU " << name;
  return {};
}

TEST(PmuTest, ListsWhatSysfsShows) {
  const auto pmus = PmusOf(testing::LayIntelServer);
  std::vector<std::string> names;
  for (const PmuDevice& pmu : pmus) names.push_back(pmu.name);
  EXPECT_THAT(names, ElementsAre("breakpoint", "cpu", "software", "tracepoint", "uncore_imc_0"));
  const PmuDevice imc = Named(pmus, "uncore_imc_0");
  EXPECT_EQ(imc.type, 14u);
  EXPECT_THAT(imc.cpumask, ElementsAre(0, 4));
  EXPECT_EQ(imc.events.size(), 1u);
  EXPECT_EQ(imc.events.at("cas_count_read"), "event=0x04,umask=0x03");
  EXPECT_EQ(imc.scales.at("cas_count_read"), "6.103515625e-5");
  EXPECT_EQ(imc.units.at("cas_count_read"), "MiB");
  EXPECT_EQ(Named(pmus, "cpu").caps.at("branches"), "32");
}

TEST(PmuTest, KnowsCorePmusFromOthers) {
  for (const PmuDevice& pmu : PmusOf(testing::LayIntelServer)) {
    EXPECT_EQ(pmu.is_core(), pmu.name == "cpu") << pmu.name;
  }
  for (const PmuDevice& pmu : PmusOf(testing::LayArmServer)) {
    EXPECT_EQ(pmu.is_core(), pmu.name == "armv8_pmuv3_0") << pmu.name;
  }
}

TEST(PmuTest, NoSysfsIsNoPmu) {
  FakeRoot root;
  const auto pmus = ListPmus(root.path());
  ASSERT_FALSE(pmus);
  EXPECT_EQ(pmus.error().code, ErrorCode::kNoPmu);
}

TEST(PmuTest, ListsThisMachine) {
  const auto pmus = ListPmus("/");
  if (!pmus) GTEST_SKIP() << pmus.error().ToString();
  EXPECT_EQ(Named(*pmus, "software").type, 1u);
}

TEST(CorePmuTest, FindsTheOneOfTheCpu) {
  EXPECT_EQ(CorePmu(PmusOf(testing::LayIntelServer), 15)->name, "cpu");
  EXPECT_EQ(CorePmu(PmusOf(testing::LayArmServer), 79)->name, "armv8_pmuv3_0");
  const auto pmus = PmusOf(testing::LayBigLittle);
  EXPECT_EQ(CorePmu(pmus, 3)->name, "armv8_cortex_a53");
  EXPECT_EQ(CorePmu(pmus, 4)->name, "armv8_cortex_a72");
}

TEST(CorePmuTest, SaysWhyThereIsNone) {
  const auto vm = CorePmu(PmusOf(testing::LayCloudVm), 0);
  ASSERT_FALSE(vm);
  EXPECT_EQ(vm.error().code, ErrorCode::kNoPmu);
  EXPECT_THAT(vm.error().message, HasSubstr("breakpoint, software, tracepoint"));
  EXPECT_THAT(vm.error().remedy, HasSubstr("virtual PMU"));

  const auto offline = CorePmu(PmusOf(testing::LayBigLittle), 6);
  ASSERT_FALSE(offline);
  EXPECT_THAT(offline.error().message, HasSubstr("armv8_cortex_a72 (CPUs 4-5)"));
}

TEST(EncodeSysfsTest, EncodesNamedEvents) {
  const PmuDevice cpu = Named(PmusOf(testing::LayIntelServer), "cpu");
  const auto misses = EncodeSysfs(cpu, "cache-misses");
  ASSERT_TRUE(misses);
  EXPECT_EQ(misses->config, 0x412eu);
  EXPECT_EQ(misses->type, 4u);
  EXPECT_EQ(misses->pmu, "cpu");
  EXPECT_EQ(misses->name, "cache-misses");
}

TEST(EncodeSysfsTest, EncodesKeys) {
  const PmuDevice cpu = Named(PmusOf(testing::LayIntelServer), "cpu");
  EXPECT_EQ(EncodeSysfs(cpu, "event=0xa3,umask=0x14,cmask=20")->config, 0x140014a3u);
  EXPECT_EQ(EncodeSysfs(cpu, "event=0x0d,inv,edge")->config, 0x84000du);
  EXPECT_EQ(EncodeSysfs(cpu, "event=0xb7,offcore_rsp=0x3fffc00001")->config1, 0x3fffc00001u);
  EXPECT_EQ(EncodeSysfs(cpu, "r412e")->config, 0x412eu);
  EXPECT_EQ(EncodeSysfs(cpu, "config=0x1c2,config2=7")->config2, 7u);
}

TEST(PmuTest, NamesTheOtherKindsOfCores) {
  const auto pmus = PmusOf(testing::LayBigLittle);
  ASSERT_EQ(OtherCorePmus(pmus, 0).size(), 1u);
  EXPECT_EQ(OtherCorePmus(pmus, 0)[0].name, "armv8_cortex_a72");
  EXPECT_EQ(OtherCorePmus(pmus, 5)[0].name, "armv8_cortex_a53");
  EXPECT_TRUE(OtherCorePmus(PmusOf(testing::LayArmServer), 0).empty());
  EXPECT_TRUE(OtherCorePmus(PmusOf(testing::LayIntelServer), 0).empty());
}

TEST(EncodeSysfsTest, ALaterTermReplaces) {
  const PmuDevice cpu = Named(PmusOf(testing::LayIntelServer), "cpu");
  EXPECT_EQ(EncodeSysfs(cpu, "cache-misses,umask=0x4f")->config, 0x4f2eu);
}

TEST(EncodeSysfsTest, SpreadsAValueOverSplitRanges) {
  PmuDevice amd;
  amd.name = "cpu";
  amd.formats["event"] = "config:0-7,32-35";
  EXPECT_EQ(EncodeSysfs(amd, "event=0x1c7")->config, 0x1000000c7u);
}

TEST(EncodeSysfsTest, OpenParametersMustBeGiven) {
  const PmuDevice cmn = Named(PmusOf(testing::LayArmServer), "arm_cmn_0");
  EXPECT_EQ(EncodeSysfs(cmn, "watchpoint_up,bynodeid=1,nodeid=0x60,wp_val=5")->config,
            0x0000006080007770u);
  const auto without = EncodeSysfs(cmn, "watchpoint_up,bynodeid=1");
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, ErrorCode::kBadInput);
  EXPECT_THAT(without.error().message, HasSubstr("nodeid"));
}

TEST(EncodeSysfsTest, RefusesWhatItDoesNotKnow) {
  const PmuDevice cpu = Named(PmusOf(testing::LayIntelServer), "cpu");
  const auto unknown = EncodeSysfs(cpu, "cache-hits");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNoSuchEvent);
  EXPECT_THAT(unknown.error().remedy, HasSubstr("cache-misses"));
  EXPECT_EQ(EncodeSysfs(cpu, "event=0x1ff").error().code, ErrorCode::kBadInput);
  EXPECT_EQ(EncodeSysfs(cpu, "event=abc").error().code, ErrorCode::kBadInput);
  EXPECT_EQ(EncodeSysfs(cpu, "").error().code, ErrorCode::kBadInput);
  EXPECT_EQ(EncodeSysfs(cpu, "event=0x3c,").error().code, ErrorCode::kBadInput);
  EXPECT_EQ(EncodeSysfs(cpu, "rxyz").error().code, ErrorCode::kNoSuchEvent);
}

TEST(EncodeSysfsTest, AnEventFileThatNamesItselfEnds) {
  PmuDevice odd;
  odd.name = "odd";
  odd.events["loop"] = "loop";
  EXPECT_FALSE(EncodeSysfs(odd, "loop"));
}

}  // namespace
}  // namespace pmubench
