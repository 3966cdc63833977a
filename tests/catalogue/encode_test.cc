#include "catalogue/encode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/perf_event.h>

#include <string>
#include <vector>

#include "catalogue/load.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;

PmuDevice Pmu(const std::string& name, std::uint32_t type, std::vector<int> cpus) {
  PmuDevice pmu;
  pmu.name = name;
  pmu.type = type;
  pmu.cpus = std::move(cpus);
  pmu.formats = {{"event", "config:0-15"}};
  return pmu;
}

PmuDevice ArmPmu(const std::string& name, std::uint32_t type, std::vector<int> cpus) {
  PmuDevice pmu = Pmu(name, type, std::move(cpus));
  pmu.events = {{"cpu_cycles", "event=0x11"},
                {"inst_retired", "event=0x8"},
                {"stall_backend_mem", "event=0x4005"}};
  return pmu;
}

const std::vector<PmuDevice> kBigLittle{ArmPmu("armv8_pmuv3_0", 8, {0, 1}),
                                        ArmPmu("armv8_pmuv3_1", 9, {2, 3})};

Result<EventEncoding> EncodeArm(const std::string& name, int cpu = 0) {
  static const Catalogue catalogue = *LoadCatalogue("neoverse-n2");
  return EncodeEvent(*catalogue.FindEvent(name), kBigLittle, cpu);
}

TEST(EncodeTest, UsesTheCorePmuOfTheCpu) {
  EXPECT_EQ(*EncodeArm("CPU_CYCLES", 0),
            (EventEncoding{"CPU_CYCLES", "armv8_pmuv3_0", 8, 0x11, 0, 0}));
  EXPECT_EQ(*EncodeArm("CPU_CYCLES", 3),
            (EventEncoding{"CPU_CYCLES", "armv8_pmuv3_1", 9, 0x11, 0, 0}));
}

TEST(EncodeTest, AnArchitecturalEventThePmuDoesNotNameIsAbsent) {
  const auto absent = EncodeArm("STALL_FRONTEND");
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code, ErrorCode::kNoSuchEvent);
  EXPECT_THAT(absent.error().message,
              HasSubstr("armv8_pmuv3_0 does not list STALL_FRONTEND (0x23)"));
  EXPECT_FALSE(EncodeArm("L1I_CACHE_LMISS").ok()) << "0x4006 is in PMCEID's second range";
  EXPECT_TRUE(EncodeArm("STALL_BACKEND_MEM").ok());
  EXPECT_TRUE(EncodeArm("LD_SPEC").ok()) << "0x70 is in none of PMCEID's ranges";
  EXPECT_TRUE(EncodeArm("SVE_INST_SPEC").ok());
}

TEST(EncodeTest, WithoutACorePmuSaysSo) {
  const Catalogue catalogue = *LoadCatalogue("neoverse-n1");
  const auto cycles = EncodeEvent(*catalogue.FindEvent("CPU_CYCLES"), {}, 0);
  ASSERT_FALSE(cycles.ok());
  EXPECT_EQ(cycles.error().code, ErrorCode::kNoPmu);
  const auto faults = EncodeEvent(*catalogue.FindEvent("PAGE_FAULTS"), {}, 0);
  ASSERT_TRUE(faults.ok());
  EXPECT_EQ(faults->type, PERF_TYPE_SOFTWARE);
  EXPECT_EQ(faults->config, PERF_COUNT_SW_PAGE_FAULTS);
}

TEST(EncodeTest, SoftwareAndGenericCodesAreTheKernels) {
  const Catalogue catalogue = *LoadCatalogue("x86-generic");
  const std::vector<PmuDevice> pmus{Pmu("cpu", 4, {})};
  const auto encode = [&](const std::string& name) {
    return *EncodeEvent(*catalogue.FindEvent(name), pmus, 0);
  };
  EXPECT_EQ(encode("CONTEXT_SWITCHES").config, PERF_COUNT_SW_CONTEXT_SWITCHES);
  EXPECT_EQ(encode("CPU_MIGRATIONS").config, PERF_COUNT_SW_CPU_MIGRATIONS);
  EXPECT_EQ(encode("MINOR_FAULTS").config, PERF_COUNT_SW_PAGE_FAULTS_MIN);
  EXPECT_EQ(encode("MAJOR_FAULTS").config, PERF_COUNT_SW_PAGE_FAULTS_MAJ);
  EXPECT_EQ(encode("ALIGNMENT_FAULTS").config, PERF_COUNT_SW_ALIGNMENT_FAULTS);
  EXPECT_EQ(encode("EMULATION_FAULTS").config, PERF_COUNT_SW_EMULATION_FAULTS);
  EXPECT_EQ(encode("CPU_CYCLES").type, PERF_TYPE_HARDWARE);
  EXPECT_EQ(encode("CPU_CYCLES").config, PERF_COUNT_HW_CPU_CYCLES);
  EXPECT_EQ(encode("INSTRUCTIONS").config, PERF_COUNT_HW_INSTRUCTIONS);
  EXPECT_EQ(encode("CACHE_REFERENCES").config, PERF_COUNT_HW_CACHE_REFERENCES);
  EXPECT_EQ(encode("CACHE_MISSES").config, PERF_COUNT_HW_CACHE_MISSES);
  EXPECT_EQ(encode("BRANCH_INSTRUCTIONS").config, PERF_COUNT_HW_BRANCH_INSTRUCTIONS);
  EXPECT_EQ(encode("BRANCH_MISSES").config, PERF_COUNT_HW_BRANCH_MISSES);
  EXPECT_EQ(encode("STALLED_CYCLES_FRONTEND").config, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND);
  EXPECT_EQ(encode("STALLED_CYCLES_BACKEND").config, PERF_COUNT_HW_STALLED_CYCLES_BACKEND);
  EXPECT_EQ(encode("REF_CYCLES").config, PERF_COUNT_HW_REF_CPU_CYCLES);
  EXPECT_EQ(encode("DTLB_READ_MISS").type, PERF_TYPE_HW_CACHE);
  EXPECT_EQ(encode("DTLB_READ_MISS").config, PERF_COUNT_HW_CACHE_DTLB |
                                                 PERF_COUNT_HW_CACHE_OP_READ << 8 |
                                                 PERF_COUNT_HW_CACHE_RESULT_MISS << 16);
  EXPECT_EQ(encode("LL_READ").config, PERF_COUNT_HW_CACHE_LL);
  EXPECT_EQ(encode("L1I_READ_MISS").config, 0x10001u);
}

TEST(EncodeTest, GenericEventsSayWhichCoreOfAHybrid) {
  const Catalogue catalogue = *LoadCatalogue("x86-generic");
  const std::vector<PmuDevice> pmus{Pmu("cpu_atom", 10, {4}), Pmu("cpu_core", 4, {0})};
  const CatalogueEvent& cycles = *catalogue.FindEvent("CPU_CYCLES");
  EXPECT_EQ(EncodeEvent(cycles, pmus, 0)->config, 0x4'0000'0000u);
  EXPECT_EQ(EncodeEvent(cycles, pmus, 4)->config, 0xa'0000'0000u);
}

TEST(EncodeTest, EncodesWhatAUserNames) {
  const Catalogue catalogue = *LoadCatalogue("neoverse-n1");
  const auto encode = [&](const std::string& name) {
    return EncodeName(name, catalogue, kBigLittle, 2);
  };
  EXPECT_EQ(encode("cpu_cycles")->config, 0x11u);
  EXPECT_EQ(encode("r1a3")->config, 0x1a3u);
  EXPECT_EQ(encode("r1a3")->type, 9u);
  EXPECT_EQ(encode("stall_backend_mem")->config, 0x4005u) << "by the PMU's own name";
  EXPECT_EQ(encode("armv8_pmuv3_0/event=0x1b/")->type, 8u);
  EXPECT_EQ(encode("armv8_pmuv3_0/event=0x1b/")->config, 0x1bu);
  EXPECT_EQ(encode("nopmu/event=1/").error().code, ErrorCode::kNoPmu);
  EXPECT_EQ(encode("page-faults")->type, PERF_TYPE_SOFTWARE);
  const auto typo = encode("CPU_CYCLSE");
  ASSERT_FALSE(typo.ok());
  EXPECT_EQ(typo.error().code, ErrorCode::kNoSuchEvent);
  EXPECT_EQ(typo.error().remedy, "did you mean 'CPU_CYCLES'?");
  EXPECT_FALSE(encode("r").ok());
  EXPECT_FALSE(encode("").ok());
}

TEST(EncodeTest, NamesOfTheKernelGoThroughLibpfm) {
  const auto encoding = EncodeName("perf::PERF_COUNT_SW_CPU_CLOCK", Catalogue{}, {}, 0);
  ASSERT_TRUE(encoding.ok()) << encoding.error().message;
  EXPECT_EQ(encoding->type, PERF_TYPE_SOFTWARE);
}

}  // namespace
}  // namespace pmubench
