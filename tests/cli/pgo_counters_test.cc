// The front end of a command by the PMU: runs here, and in the lab, where there is one.
#include "cli/pgo_counters.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace pmubench {
namespace {

TEST(PgoCounters, MetricsOrAReason) {
  auto counter = FrontEndCounter::Prepare(SystemKernel());
  // The emulated machine's PMU knows stalls of the front end, though it never sees one.
  const bool lab = std::filesystem::exists("/sys/bus/event_source/devices/armv8_pmuv3") ||
                   std::filesystem::exists("/sys/bus/event_source/devices/armv8_pmuv3_0");
  ASSERT_TRUE(!lab || counter) << counter.error().ToString();
  if (!counter) {
    EXPECT_EQ(counter.error().code, ErrorCode::kNoPmu);
    EXPECT_NE(counter.error().message.find("l1i_mpki"), std::string::npos)
        << counter.error().ToString();
    return;
  }
  ASSERT_FALSE(counter->units().empty());
  const auto values = counter->Count("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
  ASSERT_TRUE(values) << values.error().ToString();
  for (const auto& [name, value] : *values) EXPECT_TRUE(counter->units().contains(name));
}

}  // namespace
}  // namespace pmubench
