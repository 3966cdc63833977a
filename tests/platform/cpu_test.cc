#include "platform/cpu.h"

#include <gmock/gmock.h>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using testing::FakeRoot;

TEST(CpuTest, ReadsMidrFromSysfs) {
  FakeRoot root;
  testing::LayArmServer(root);
  root.Remove("proc/cpuinfo");
  const auto cpu = ReadCpuIdentity(root.path(), 79);
  ASSERT_TRUE(cpu);
  EXPECT_EQ(cpu->arch, "arm64");
  EXPECT_EQ(cpu->midr, 0x413fd0c1u);
  EXPECT_EQ(cpu->implementer(), 0x41);
  EXPECT_EQ(cpu->part(), 0xd0c);
  EXPECT_EQ(DescribeCpu(*cpu), "Arm Neoverse N1 r3p1");
}

TEST(CpuTest, CpuinfoGivesTheSameMidr) {
  FakeRoot root;
  testing::LayArmServer(root);
  root.Remove("sys/devices/system/cpu/cpu0/regs");
  EXPECT_EQ(ReadCpuIdentity(root.path(), 0)->midr, 0x413fd0c1u);
}

TEST(CpuTest, TellsTheCoresOfOneChipApart) {
  FakeRoot root;
  testing::LayBigLittle(root);
  EXPECT_EQ(ReadCpuIdentity(root.path(), 0)->part(), 0xd03);
  EXPECT_EQ(ReadCpuIdentity(root.path(), 5)->part(), 0xd08);
}

TEST(CpuTest, ReadsX86) {
  FakeRoot root;
  testing::LayIntelServer(root);
  const auto cpu = ReadCpuIdentity(root.path(), 1);
  ASSERT_TRUE(cpu);
  EXPECT_EQ(cpu->arch, "x86_64");
  EXPECT_EQ(cpu->vendor, "GenuineIntel");
  EXPECT_EQ(cpu->family, 6);
  EXPECT_EQ(cpu->model, 106);
  EXPECT_EQ(cpu->stepping, 6);
  EXPECT_EQ(cpu->microcode, "0xd0003b9");
  EXPECT_EQ(cpu->model_name, "Made-up Xeon @ 2.60GHz");
  EXPECT_TRUE(HasCpuFlag(root.path(), "tsc"));
  EXPECT_FALSE(HasCpuFlag(root.path(), "hypervisor"));
  EXPECT_FALSE(HasCpuFlag(root.path(), "ts"));
}

TEST(CpuTest, SaysWhatItCannotTell) {
  FakeRoot root;
  EXPECT_EQ(ReadCpuIdentity(root.path(), 0).error().code, ErrorCode::kNotFound);
  root.Write("proc/cpuinfo", "processor\t: 0\nbogus\t: 1");
  EXPECT_EQ(ReadCpuIdentity(root.path(), 0).error().code, ErrorCode::kBadInput);
  EXPECT_EQ(ReadCpuIdentity(root.path(), 1).error().code, ErrorCode::kNotFound);
}

TEST(CpuTest, NamesAnUnknownPartByItsNumbers) {
  CpuIdentity cpu;
  cpu.midr = 0x123fabc2;
  EXPECT_EQ(DescribeCpu(cpu), "Arm implementer 0x12 part 0xabc r3p2");
}

TEST(CpuTest, ReadsThisMachine) { EXPECT_TRUE(ReadCpuIdentity("/", 0)); }

}  // namespace
}  // namespace pmubench
