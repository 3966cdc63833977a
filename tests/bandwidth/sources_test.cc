// What machines laid out as files have, could have and choose.
#include "bandwidth/sources.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using ::testing::Contains;
using testing::FakeRoot;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kPmus = "sys/bus/event_source/devices/";

void AddPmu(const FakeRoot& root, const std::string& name, const std::string& cpumask,
            const std::map<std::string, std::string>& files) {
  root.Write(kPmus + name + "/type", "77");
  if (!cpumask.empty()) root.Write(kPmus + name + "/cpumask", cpumask);
  for (const auto& [file, text] : files) root.Write(kPmus + name + "/" + file, text);
}

void AllowAll(const FakeRoot& root) { root.Write("proc/sys/kernel/perf_event_paranoid", "-1"); }

const std::map<std::string, std::string> kDmcFiles = {
    {"format/mask", "config:0-44"},
    {"format/match", "config1:0-44"},
    {"format/event", "config2:3-8"},
    {"format/clkdiv2", "config2:9"},
    {"events/clkdiv2_rdwr", "event=0x12,clkdiv2=0x1"}};

const std::map<std::string, std::string> kMeshFiles = {
    {"format/type", "config:0-15"},
    {"format/eventid", "config:16-26"},
    {"format/bynodeid", "config:31"},
    {"format/nodeid", "config:32-47"},
    {"format/wp_dev_sel", "config:48-50"},
    {"format/wp_chn_sel", "config:51-55"},
    {"format/wp_grp", "config:56"},
    {"format/wp_val", "config1:0-63"},
    {"format/wp_mask", "config2:0-63"},
    {"events/watchpoint_up",
     "type=0x7770,eventid=0x0,bynodeid=?,nodeid=?,wp_dev_sel=?,wp_chn_sel=?,wp_grp=?,wp_val=?,wp_"
     "mask=?"},
    {"events/watchpoint_down",
     "type=0x7770,eventid=0x2,bynodeid=?,nodeid=?,wp_dev_sel=?,wp_chn_sel=?,wp_grp=?,wp_val=?,wp_"
     "mask=?"},
    {"events/hnf_mc_reqs", "type=0x5,eventid=0xd"},
    {"events/hnf_mc_retries", "type=0x5,eventid=0xc"},
    {"events/hnf_cache_miss", "type=0x5,eventid=0x1"}};

const ListedSource& Named(const SourceList& list, const std::string& name) {
  for (const ListedSource& listed : list.sources) {
    if (listed.source.info.name == name) return listed;
  }
  throw std::out_of_range(name);
}

std::string Chosen(const SourceList& list) {
  return list.chosen ? list.sources[*list.chosen].source.info.name : "";
}

SourceList Find(const FakeRoot& root) { return FindSources(ReadBandwidthMachine(root.path())); }

TEST(Sources, NoMachineAtAll) {
  const FakeRoot root;
  const auto list = Find(root);
  EXPECT_FALSE(list.chosen.has_value());
  for (const ListedSource& listed : list.sources) {
    EXPECT_EQ(listed.finding.presence, Presence::kNotHere) << listed.source.info.name;
    EXPECT_FALSE(listed.finding.why.empty()) << listed.source.info.name;
  }
}

TEST(Sources, IntelChannelsByTheKernelsScale) {
  const FakeRoot root;
  testing::LayIntelServer(root);
  AllowAll(root);
  root.Write(std::string(kPmus) + "uncore_imc_0/events/cas_count_write", "event=0x04,umask=0x0c");
  const auto list = Find(root);
  EXPECT_EQ(Chosen(list), "imc");
  const auto& counters = Named(list, "imc").finding.counters;
  ASSERT_EQ(counters.size(), 4U);  // read and write on both sockets
  EXPECT_EQ(counters[0].traffic.bytes, 64);
  EXPECT_EQ(counters[0].event.config, 0x0304U);
  EXPECT_EQ(counters[0].traffic.socket, 0);
  EXPECT_EQ(counters[1].cpu, 4);
  EXPECT_EQ(counters[1].traffic.socket, 1);
  EXPECT_EQ(counters[2].traffic.direction, Direction::kWrite);
  EXPECT_THAT(Named(list, "imc").finding.warnings, IsEmpty());
}

TEST(Sources, IntelSubChannelsAndFreeRunning) {
  const FakeRoot root;
  testing::LayIntelServer(root);
  AllowAll(root);
  root.Remove(std::string(kPmus) + "uncore_imc_0");
  const std::map<std::string, std::string> format = {{"format/event", "config:0-7"},
                                                     {"format/umask", "config:8-15"}};
  auto sub_channels = format;
  sub_channels["events/cas_count_read_sch0"] = "event=0x05,umask=0xcf";
  sub_channels["events/cas_count_read_sch1"] = "event=0x06,umask=0xcf";
  sub_channels["events/cas_count_write_sch0"] = "event=0x05,umask=0xf0";
  sub_channels["events/cas_count_write_sch1"] = "event=0x06,umask=0xf0";
  AddPmu(root, "uncore_imc_3", "0,4", sub_channels);
  auto free_running = format;
  free_running["events/read"] = "event=0xff,umask=0x20";
  free_running["events/read.scale"] = "3.814697266e-6";
  free_running["events/read.unit"] = "MiB";
  free_running["events/ddrt_read"] = "event=0xff,umask=0x30";
  AddPmu(root, "uncore_imc_free_running_0", "0", free_running);
  const auto list = Find(root);
  EXPECT_EQ(Named(list, "imc").finding.counters.size(), 8U);
  const auto& running = Named(list, "imc-free-running").finding;
  ASSERT_EQ(running.counters.size(), 1U);
  EXPECT_NEAR(running.counters[0].traffic.bytes, 4, 1e-6);
  EXPECT_THAT(running.warnings, Contains(HasSubstr("socket 1 has memory but no counters")));
}

TEST(Sources, SayWhatPermissionIsMissing) {
  const FakeRoot root;
  testing::LayIntelServer(root);
  const auto list = Find(root);
  EXPECT_FALSE(list.chosen.has_value());
  EXPECT_EQ(Named(list, "imc").finding.presence, Presence::kCould);
  EXPECT_THAT(Named(list, "imc").finding.remedy, HasSubstr("perf_event_paranoid=0"));
}

TEST(Sources, VirtualMachinesSeeNoControllers) {
  const FakeRoot root;
  testing::LayCloudVm(root);
  const auto list = Find(root);
  EXPECT_FALSE(list.chosen.has_value());
  EXPECT_THAT(Named(list, "amd-umc").finding.why, HasSubstr("virtual machines"));
  EXPECT_THAT(Named(list, "imc").finding.why, HasSubstr("not an Intel"));
}

TEST(Sources, AmdControllersAndFabric) {
  const FakeRoot root;
  testing::LayCloudVm(root);
  root.Write("proc/cpuinfo",
             "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t: 17\n"
             "stepping\t: 1\nflags\t: fpu\n");
  root.Remove("sys/class/dmi");
  AllowAll(root);
  EXPECT_THAT(Named(Find(root), "amd-umc").finding.remedy, HasSubstr("modprobe amd-uncore"));
  AddPmu(root, "amd_df", "0",
         {{"format/event", "config:0-7,32-37"}, {"format/umask", "config:8-15,24-27"}});
  auto list = Find(root);
  EXPECT_EQ(Chosen(list), "amd-df");
  EXPECT_EQ(Named(list, "amd-df").finding.counters[0].event.config, 0x0700fe1fU);
  EXPECT_EQ(Named(list, "amd-df").finding.counters.size(), 24U);
  AddPmu(root, "amd_umc_0", "0",
         {{"format/event", "config:0-7"}, {"format/rdwrmask", "config:8-9"}});
  list = Find(root);
  EXPECT_EQ(Chosen(list), "amd-umc");
  EXPECT_EQ(Named(list, "amd-umc").finding.counters[1].event.config, 0x20aU);
  root.Remove(std::string(kPmus) + "amd_umc_0");
  AddPmu(root, "amd_df", "0",
         {{"format/event", "config:0-7,32-35,59-60"}, {"format/umask", "config:8-15"}});
  list = Find(root);
  EXPECT_EQ(Named(list, "amd-df").finding.counters[7].traffic.direction, Direction::kTotal);
  EXPECT_EQ(Named(list, "amd-df").finding.counters[7].event.config, 0x1000038c7U);
}

TEST(Sources, DmcBySocketWithItsDriversLimits) {
  const FakeRoot root;
  testing::LayArmServer(root);
  AllowAll(root);
  for (const char* name : {"10008c000", "10008c400", "50008c000", "50008c400"}) {
    AddPmu(root, fmt::format("arm_dmc620_{}", name), "", kDmcFiles);
  }
  const auto list = Find(root);
  EXPECT_EQ(Chosen(list), "dmc620");
  const auto& finding = Named(list, "dmc620").finding;
  ASSERT_EQ(finding.counters.size(), 8U);
  EXPECT_EQ(finding.counters[0].event.config, 1U);
  EXPECT_EQ(finding.counters[0].event.config1, 0U);
  EXPECT_EQ(finding.counters[1].event.config1, 1U);
  EXPECT_EQ(finding.counters[0].event.config2, 0x12U << 3 | 1U << 9);
  EXPECT_EQ(finding.counters[3].traffic.socket, 0);
  EXPECT_EQ(finding.counters[4].traffic.socket, 1);
  EXPECT_FALSE(finding.counters[0].groups);
  EXPECT_EQ(finding.counters[0].counter_bits, 32);
}

TEST(Sources, AMissingControllerIsSaid) {
  const FakeRoot root;
  testing::LayArmServer(root);
  AllowAll(root);
  for (int i = 0; i < 16; ++i)
    root.MakeFolder(fmt::format("sys/bus/acpi/devices/ARMHD620:{:02x}", i));
  EXPECT_EQ(Named(Find(root), "dmc620").finding.presence, Presence::kCould);
  EXPECT_THAT(Named(Find(root), "dmc620").finding.remedy, HasSubstr("CONFIG_ARM_DMC620_PMU"));
  root.Write("boot/config-6.1.0-18-arm64", "CONFIG_ARM_CMN=m\n# CONFIG_ARM_DMC620_PMU is not set");
  EXPECT_THAT(Named(Find(root), "dmc620").finding.remedy,
              HasSubstr("built without CONFIG_ARM_DMC620_PMU"));
  for (int i = 0; i < 15; ++i) {
    AddPmu(root,
           fmt::format("arm_dmc620_{:x}",
                       0x8c000 + static_cast<std::uint64_t>(i < 8 ? 1 : 5) * 0x100000000 +
                           0x400 * static_cast<std::uint64_t>(i % 8)),
           "", kDmcFiles);
  }
  const auto list = Find(root);
  EXPECT_THAT(Named(list, "dmc620").finding.warnings, Contains(HasSubstr("1 of 16 DMC-620")));
  EXPECT_THAT(Named(list, "dmc620").finding.warnings, Contains(HasSubstr("socket 1 has fewer")));
}

TEST(Sources, MeshByTheDriversMap) {
  const FakeRoot root;
  testing::LayArmServer(root);
  AllowAll(root);
  AddPmu(root, "arm_cmn_0", "0", kMeshFiles);
  auto list = Find(root);
  EXPECT_EQ(Chosen(list), "cmn-hnf");  // a total needs no ports
  EXPECT_THAT(Named(list, "cmn").finding.remedy, HasSubstr("bandwidth locate"));
  root.Write("sys/kernel/debug/arm-cmn/map",
             "     X    0        1    \nY P D+--------+--------+\n"
             "0    | XP #0  | XP #1  |\n  0  |  SN-F  |  HN-F  |\n  1  |  SN-F  |        |");
  list = Find(root);
  EXPECT_EQ(Chosen(list), "cmn");
  const auto& counters = Named(list, "cmn").finding.counters;
  ASSERT_EQ(counters.size(), 4U);
  EXPECT_EQ(counters[0].traffic.bytes, 32);
  EXPECT_EQ(counters[0].event.config, 0x7770U | 1ULL << 31 | 3ULL << 51);
  EXPECT_EQ(counters[0].event.config2, ~0ULL);
  // The second port of the same crosspoint needs the other match group.
  EXPECT_EQ(counters[2].event.config, 0x7770U | 1ULL << 31 | 1ULL << 48 | 3ULL << 51 | 1ULL << 56);
  EXPECT_EQ(counters[3].traffic.direction, Direction::kWrite);
  EXPECT_EQ(Named(list, "cmn-hnf").finding.counters[1].traffic.bytes, -64);
}

TEST(Sources, FieldsAreWhereTheFormatFilesSay) {
  const FakeRoot root;
  testing::LayArmServer(root);
  AllowAll(root);
  auto files = kMeshFiles;
  files["format/wp_grp"] = "config:56-57";
  files["format/wp_chn_sel"] = "config:58-62";
  AddPmu(root, "arm_cmn_0", "0", files);
  root.Write("sys/kernel/debug/arm-cmn/map", "0    | XP #0  |\n  0  |  SN-F  |\n  1  |        |");
  const auto& counters = Named(Find(root), "cmn").finding.counters;
  ASSERT_EQ(counters.size(), 2U);
  EXPECT_EQ(counters[0].event.config, 0x7770U | 1ULL << 31 | 3ULL << 58);
}

TEST(Sources, HiSiliconBothVersions) {
  const FakeRoot root;
  testing::LayArmServer(root);
  AllowAll(root);
  AddPmu(root, "hisi_sccl1_ddrc0", "0",
         {{"format/event", "config:0-4"},
          {"events/flux_rd", "config=0x1"},
          {"events/flux_wr", "config=0x0"}});
  AddPmu(root, "hisi_sccl3_ddrc0_1", "0",
         {{"format/event", "config:0-7"},
          {"events/flux_rd", "event=0x84"},
          {"events/flux_wr", "event=0x83"}});
  AddPmu(root, "hisi_sccl1_l3c0", "0", {{"format/event", "config:0-7"}});
  const auto list = Find(root);
  EXPECT_EQ(Chosen(list), "hisi-ddrc");
  const auto& counters = Named(list, "hisi-ddrc").finding.counters;
  ASSERT_EQ(counters.size(), 4U);
  EXPECT_EQ(counters[0].event.config, 1U);
  EXPECT_EQ(counters[2].event.config, 0x84U);
}

TEST(Sources, ResctrlMountedOrNot) {
  const FakeRoot root;
  testing::LayIntelServer(root);
  EXPECT_EQ(Named(Find(root), "resctrl").finding.presence, Presence::kNotHere);
  root.Write("proc/filesystems", "nodev\tsysfs\nnodev\tresctrl");
  EXPECT_THAT(Named(Find(root), "resctrl").finding.remedy, HasSubstr("mount -t resctrl"));
  root.MakeFolder("sys/fs/resctrl/info/L3_MON");
  EXPECT_THAT(Named(Find(root), "resctrl").finding.why, HasSubstr("counts no bandwidth"));
  root.Write("sys/devices/system/cpu/cpu0/cache/index3/id", "0");
  root.Write("sys/devices/system/cpu/cpu4/cache/index3/id", "1");
  root.Write("sys/fs/resctrl/mon_data/mon_L3_00/mbm_total_bytes", "123");
  root.Write("sys/fs/resctrl/mon_data/mon_L3_01/mbm_total_bytes", "456");
  const auto list = Find(root);
  EXPECT_EQ(Chosen(list), "resctrl");
  ASSERT_EQ(Named(list, "resctrl").finding.files.size(), 2U);
  EXPECT_EQ(Named(list, "resctrl").finding.files[1].traffic.socket, 1);
  EXPECT_NE(Named(list, "resctrl-local").finding.presence, Presence::kReady);
  root.Write("sys/fs/resctrl/mon_data/mon_L3_01/mbm_local_bytes", "400");
  const auto local = Named(Find(root), "resctrl-local").finding;
  ASSERT_EQ(local.files.size(), 1U);
  EXPECT_EQ(local.files[0].path.filename(), "mbm_local_bytes");
}

TEST(Sources, LastResortIsLabelled) {
  const FakeRoot root;
  testing::LayIntelServer(root);
  AllowAll(root);
  root.Remove(std::string(kPmus) + "uncore_imc_0");
  const auto list = Find(root);
  EXPECT_EQ(Chosen(list), "llc-misses");
  EXPECT_TRUE(Named(list, "llc-misses").source.info.estimate);
  EXPECT_EQ(Named(list, "llc-misses").finding.counters.size(), 16U);
  EXPECT_THAT(list.why_chosen, HasSubstr("last resort"));
  EXPECT_EQ(Named(list, "imc").finding.presence, Presence::kCould);
}

TEST(Sources, AreFoundByNameAndAlias) {
  EXPECT_EQ(SourceNamed("DMC-620")->info.name, "dmc620");
  EXPECT_EQ(SourceNamed("watchpoint")->info.name, "cmn");
  EXPECT_EQ(SourceNamed("cmn_hnf")->info.name, "cmn-hnf");
  const auto wrong = SourceNamed("dmc62");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kUsage);
  EXPECT_THAT(wrong.error().remedy, HasSubstr("dmc620"));
}

}  // namespace
}  // namespace pmubench
