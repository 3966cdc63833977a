// The loops retire what they say, counted by stepping through them: no PMU is asked. On x86-64 and,
// in the lab, on AArch64.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "validate/memory.h"
#include "validate/single_step.h"

namespace pmubench {
namespace {

constexpr int kShort = 10;
constexpr int kLong = 35;

using Run = std::function<void(std::uint64_t steps)>;

/// What kLong - kShort steps retire.
std::optional<loops::Step> Difference(const Run& run) {
  const auto less = CountBySteps([&] { run(kShort); });
  const auto more = CountBySteps([&] { run(kLong); });
  if (!less || !more) return std::nullopt;
  loops::Step step;
  step.instructions = more->instructions - less->instructions;
  step.loads = more->loads - less->loads;
  step.stores = more->stores - less->stores;
  step.branches = more->branches - less->branches;
  step.taken = more->taken - less->taken;
  step.scalar = more->scalar - less->scalar;
  step.vector = more->vector - less->vector;
  step.integer =
      step.instructions - step.loads - step.stores - step.branches - step.scalar - step.vector;
  return step;
}

struct Case {
  const char* name;
  Run run;
  loops::Step step;
};

class LoopCountsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Once unmeasured: the dynamic linker finds functions when they are first called.
    if (HostMachine() == Machine::kUnknown || !CountBySteps([] {})) {
      GTEST_SKIP() << "this process may not step through its children";
    }
  }
};

TEST_F(LoopCountsTest, EveryLoopRetiresWhatItsStepSays) {
  alignas(64) static std::array<std::uint64_t, 8> line{};
  const std::vector<Case> cases = {
      {"Adds", loops::Adds, loops::kAdds},
      {"Loads", [&](std::uint64_t n) { loops::Loads(n, line.data()); }, loops::kLoads},
      {"Stores", [&](std::uint64_t n) { loops::Stores(n, line.data()); }, loops::kStores},
      {"Taken", loops::Taken, loops::kTaken},
      {"NotTaken", loops::NotTaken, loops::kNotTaken},
      {"Scalar", loops::Scalar, loops::kScalar},
      {"Vector", loops::Vector, loops::kVector}};
  constexpr int kSteps = kLong - kShort;
  for (const Case& one : cases) {
    const auto found = Difference(one.run);
    ASSERT_TRUE(found) << one.name;
    EXPECT_EQ(found->instructions, kSteps * one.step.instructions) << one.name;
    EXPECT_EQ(found->integer, kSteps * one.step.integer) << one.name;
    EXPECT_EQ(found->loads, kSteps * one.step.loads) << one.name;
    EXPECT_EQ(found->stores, kSteps * one.step.stores) << one.name;
    EXPECT_EQ(found->branches, kSteps * one.step.branches) << one.name;
    EXPECT_EQ(found->taken, kSteps * one.step.taken) << one.name;
    EXPECT_EQ(found->scalar, kSteps * one.step.scalar) << one.name;
    EXPECT_EQ(found->vector, kSteps * one.step.vector) << one.name;
  }
}

TEST_F(LoopCountsTest, TheRandomBranchFollowsItsTable) {
  const std::array<std::uint8_t, kLong> table = {0, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0, 1};
  const auto zeros = std::count(table.begin() + kShort, table.end(), 0);
  const auto found = Difference([&](std::uint64_t n) { loops::Random(n, table.data()); });
  ASSERT_TRUE(found);
  constexpr int kSteps = kLong - kShort;
  EXPECT_EQ(found->branches, 2 * kSteps);
  EXPECT_EQ(found->taken, kSteps + zeros);
  EXPECT_EQ(found->loads, kSteps);
}

TEST_F(LoopCountsTest, AChainIsALoadAStep) {
  const Pages pages(64 * Pages::PageSize());
  void* start = MakeChain(pages, Pages::PageSize(), 64);
  const auto found = Difference([&](std::uint64_t n) { loops::Chase(n, start); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->loads, kLong - kShort);
  EXPECT_EQ(found->instructions, 3 * (kLong - kShort));
}

}  // namespace
}  // namespace pmubench
