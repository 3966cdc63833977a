// For tests of the real kernel's core PMU: in the lab, or on a machine that has one.
#pragma once

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <vector>

#include "catalogue/encode.h"
#include "catalogue/load.h"
#include "counters/counter_group.h"
#include "platform/cpu.h"
#include "runner/core_counters.h"

namespace pmubench {

class CorePmuTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const int cpu = std::max(sched_getcpu(), 0);
    auto pmus = ListPmus("/");
    if (!pmus || !CorePmu(*pmus, cpu)) GTEST_SKIP() << "no core PMU here: ci/lab has one";
    permissions_ = ReadPermissions("/");
    auto identity = ReadCpuIdentity("/", cpu);
    ASSERT_TRUE(identity.ok());
    identity_ = *identity;
    auto catalogue = LoadCatalogue(CoreFor(identity_));
    ASSERT_TRUE(catalogue.ok()) << catalogue.error().ToString();
    auto instructions = EncodeEvent(*catalogue->FindEvent("INST_RETIRED"), *pmus, cpu);
    auto cycles = EncodeEvent(*catalogue->FindEvent("CPU_CYCLES"), *pmus, cpu);
    if (!instructions || !cycles) GTEST_SKIP() << "no Arm core here";
    instructions_ = *instructions;
    cycles_ = *cycles;
    candidates_ = ProbeCandidates(*catalogue, *pmus, cpu);
    dedicated_ = DedicatedCandidates(*catalogue, *pmus, cpu);
  }

  Result<CounterGroup> Open(std::vector<EventEncoding> events, bool pinned = true) {
    return CounterGroup::Open(SystemKernel(), events, CounterTarget::CallingThread(),
                              {.pinned = pinned, .exclude_kernel = true}, permissions_);
  }

  Permissions permissions_;
  CpuIdentity identity_;
  EventEncoding instructions_;
  EventEncoding cycles_;
  std::vector<EventEncoding> candidates_;
  std::vector<DedicatedCandidate> dedicated_;
};

#ifdef __aarch64__
/// Exactly 4 * `rounds` instructions, and a constant number around them.
[[gnu::noinline]] inline void FourInstructions(std::uint64_t rounds) {
  asm volatile(
      "1: nop\n"
      "   nop\n"
      "   subs %0, %0, #1\n"
      "   b.ne 1b\n"
      : "+r"(rounds)
      :
      : "cc");
}

#endif

}  // namespace pmubench
