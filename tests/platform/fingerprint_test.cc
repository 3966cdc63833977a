#include "platform/fingerprint.h"

#include <gmock/gmock.h>

#include "platform/build_info.h"
#include "platform/fake_machine.h"
#include "platform/virtualization.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using testing::FakeRoot;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

TEST(FingerprintTest, ReadsAServer) {
  FakeRoot root;
  testing::LayIntelServer(root);
  const MachineFingerprint machine = ReadFingerprint(root.path());
  EXPECT_THAT(machine.id, MatchesRegex("[0-9a-f]{16}"));
  EXPECT_EQ(machine.hostname, "intel-one");
  EXPECT_EQ(machine.system, "Example Servers Rack Two");
  EXPECT_EQ(machine.cpu.microcode, "0xd0003b9");
  EXPECT_EQ(machine.cores, 8);
  EXPECT_EQ(machine.numa_nodes, 2);
  EXPECT_EQ(machine.memory_bytes, 131072000ULL * 1024);
  EXPECT_EQ(machine.hypervisor, "");
  EXPECT_EQ(machine.governor, "powersave");
  EXPECT_EQ(machine.frequency_driver, "intel_pstate");
  EXPECT_EQ(machine.turbo, true);
  EXPECT_EQ(machine.smt, true);
  EXPECT_EQ(machine.max_mhz, 3400);
  EXPECT_EQ(machine.mhz, 2600);
  EXPECT_EQ(machine.transparent_hugepage, "always");
  EXPECT_EQ(machine.aslr, 2);
}

TEST(FingerprintTest, TheIdIsOfTheClassOfMachine) {
  FakeRoot root;
  testing::LayIntelServer(root);
  const std::string id = ReadFingerprint(root.path()).id;
  // Written down once: records of earlier versions must stay comparable.
  EXPECT_EQ(id, "caeb4a1ce8762a54");

  root.Write("proc/sys/kernel/hostname", "intel-two");
  root.Write("proc/sys/kernel/osrelease", "6.12.1");
  root.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
  root.Write("proc/meminfo", "MemTotal:       130800000 kB");
  EXPECT_EQ(ReadFingerprint(root.path()).id, id);

  root.Write("proc/meminfo", "MemTotal:       65400000 kB");
  EXPECT_NE(ReadFingerprint(root.path()).id, id);
}

TEST(FingerprintTest, DifferentMachinesDiffer) {
  FakeRoot arm, intel, vm;
  testing::LayArmServer(arm);
  testing::LayIntelServer(intel);
  testing::LayCloudVm(vm);
  const std::string ids[] = {ReadFingerprint(arm.path()).id, ReadFingerprint(intel.path()).id,
                             ReadFingerprint(vm.path()).id};
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_NE(ids[1], ids[2]);
  EXPECT_NE(ids[0], ids[2]);
}

TEST(FingerprintTest, AnEmptyRootStaysEmpty) {
  FakeRoot root;
  const MachineFingerprint machine = ReadFingerprint(root.path());
  EXPECT_EQ(machine.cpus, 0);
  EXPECT_FALSE(machine.smt.has_value());
  EXPECT_THAT(ReadLoadAverage(root.path()), IsEmpty());
}

TEST(FingerprintTest, ReadsLoad) {
  FakeRoot root;
  testing::LayCloudVm(root);
  EXPECT_THAT(ReadLoadAverage(root.path()), ElementsAre(0.1, 0.2, 0.3));
}

TEST(FingerprintTest, GovernorsThatDifferAreAllNamed) {
  FakeRoot root;
  testing::LayCloudVm(root);
  root.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
  root.Write("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "ondemand");
  EXPECT_EQ(ReadFingerprint(root.path()).governor, "ondemand,performance");
}

TEST(HypervisorTest, OnX86TheCpuTells) {
  FakeRoot root;
  testing::LayCloudVm(root);
  EXPECT_EQ(FindHypervisor(root.path()), "unknown");
  root.Write("sys/class/dmi/id/sys_vendor", "QEMU");
  EXPECT_EQ(FindHypervisor(root.path()), "qemu");
}

TEST(HypervisorTest, OnArmTheFirmwareTells) {
  FakeRoot root;
  testing::LayArmServer(root);
  EXPECT_EQ(FindHypervisor(root.path()), "");
  root.Write("sys/class/dmi/id/sys_vendor", "Amazon EC2");
  root.Write("sys/class/dmi/id/product_name", "c7g.large");
  EXPECT_EQ(FindHypervisor(root.path()), "amazon");
  root.Write("sys/class/dmi/id/product_name", "c7g.metal");
  EXPECT_EQ(FindHypervisor(root.path()), "");
  root.Write("proc/device-tree/compatible", std::string("linux,dummy-virt\0", 17));
  EXPECT_EQ(FindHypervisor(root.path()), "qemu");
}

TEST(BuildInfoTest, SaysHowItWasBuilt) {
  const BuildInfo& build = PmubenchBuild();
  EXPECT_THAT(build.version, MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(build.commit, MatchesRegex("|[0-9a-f]{40,64}"));
  EXPECT_FALSE(build.compiler.empty());
  EXPECT_FALSE(build.libraries.at("benchmark").empty());
  EXPECT_THAT(build.libraries.at("libpfm"), MatchesRegex("[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace pmubench
