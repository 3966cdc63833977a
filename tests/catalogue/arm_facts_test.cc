// Arm cores that no telemetry data is at hand for, against libpfm4's tables. They are in its Arm
// build only: the test runs in the lab.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "catalogue/load.h"
#include "catalogue/pfm.h"

namespace pmubench {
namespace {

struct Core {
  const char* name;
  const char* pmu;  ///< libpfm4's; the table of A57 is the one of A72 too, N1's the one of A76
  int least;        ///< events that bear the same name in both
};

class ArmFactsTest : public ::testing::TestWithParam<Core> {};

TEST_P(ArmFactsTest, CodesAreLibpfms) {
  const std::string pmu = GetParam().pmu;
  if (!EncodePfm(pmu + "::CPU_CYCLES").ok()) {
    GTEST_SKIP() << "this build of libpfm4 has no table " << pmu;
  }
  const Catalogue catalogue = *LoadCatalogue(GetParam().name);
  // The filter bits of PMEVTYPER, which the kernel sets by itself, stand above the code.
  constexpr std::uint64_t kCode = 0xffff;
  int checked = 0;
  int absent = 0;
  for (const CatalogueEvent& event : catalogue.events) {
    if (!event.pmu.empty()) continue;
    auto pfm = EncodePfm(pmu + "::" + event.name);
    for (const std::string& alias : event.aliases) {
      if (!pfm.ok()) pfm = EncodePfm(pmu + "::" + alias);
    }
    if (!pfm.ok()) {
      ++absent;
      continue;
    }
    EXPECT_EQ(*event.code, pfm->config & kCode) << event.name;
    ++checked;
  }
  EXPECT_GE(checked, GetParam().least)
      << "and " << absent << " that libpfm4 names otherwise or not";
}

INSTANTIATE_TEST_SUITE_P(Cores, ArmFactsTest,
                         ::testing::Values(Core{"cortex-a72", "arm_ac57", 15},
                                           Core{"cortex-a76", "arm_n1", 60},
                                           Core{"kunpeng-920", "arm_kunpeng", 25},
                                           Core{"a64fx", "arm_a64fx", 25}),
                         [](const auto& core) { return std::string(core.param.pmu); });

/// libpfm4 encodes for other CPUs than this one only where the environment says so before its
/// start.
[[maybe_unused]] const int kEncodeForOtherCpus = setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);

}  // namespace
}  // namespace pmubench
