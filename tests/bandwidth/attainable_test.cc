// The peak that is kept: of one machine and one source, and what a rate is held against.
#include "bandwidth/attainable.h"

#include <gmock/gmock.h>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using testing::FakeRoot;

BandwidthMachine MachineAt(const FakeRoot& root, const FakeRoot& state) {
  return ReadBandwidthMachine(root.path(), state.path());
}

TEST(Attainable, ATotalIsHeldAgainstTheTotalAndReadsAgainstReads) {
  const Attainable both{{8e9, 6e9, 10e9}, ""};
  EXPECT_DOUBLE_EQ(*both.ShareOf({4e9, 1e9, 5e9}), 0.5);
  EXPECT_DOUBLE_EQ(*both.ShareOf({4e9, {}, {}}), 0.5);
  EXPECT_DOUBLE_EQ(*both.PeakFor({4e9, {}, {}}), 8e9);
  const Attainable reads{{8e9, {}, {}}, ""};
  EXPECT_FALSE(reads.ShareOf({4e9, 1e9, 5e9}).has_value()) << "reads are no peak of a total";
}

TEST(Attainable, MoreThanThePeakIsNotClamped) {
  const Attainable low{{{}, {}, 10e9}, ""};
  EXPECT_DOUBLE_EQ(*low.ShareOf({{}, {}, 12e9}), 1.2);
}

TEST(Attainable, NothingIsNoPeak) {
  EXPECT_FALSE(Attainable().ShareOf({1, 1, 2}).has_value());
  EXPECT_FALSE((Attainable{{0, 0, 0}, ""}.PeakFor({1, 1, 2}).has_value()));
  EXPECT_FALSE((Attainable{{8e9, 6e9, 10e9}, ""}.ShareOf({}).has_value()));
}

TEST(Attainable, IsKeptByMachineAndSource) {
  const FakeRoot arm, intel, state;
  LayArmServer(arm);
  LayIntelServer(intel);
  const Attainable peak{{8e9, {}, 10e9}, "2026-01-31T02:00:00Z"};
  ASSERT_TRUE(KeepAttainable(MachineAt(arm, state), "cmn", peak).ok());
  ASSERT_TRUE(KeepAttainable(MachineAt(arm, state), "resctrl", {{{}, {}, 1e9}, ""}).ok());
  const Attainable kept = ReadAttainable(MachineAt(arm, state), "cmn");
  EXPECT_EQ(kept.rates.read, peak.rates.read);
  EXPECT_EQ(kept.rates.write, std::nullopt);
  EXPECT_EQ(kept.rates.total, peak.rates.total);
  EXPECT_EQ(kept.time, peak.time);
  EXPECT_FALSE(ReadAttainable(MachineAt(arm, state), "dmc620").rates.total.has_value());
  EXPECT_FALSE(ReadAttainable(MachineAt(intel, state), "cmn").rates.total.has_value());
}

TEST(Attainable, WithoutAFolderItIsSaidWhatToSet) {
  const FakeRoot arm;
  LayArmServer(arm);
  const auto kept = KeepAttainable(ReadBandwidthMachine(arm.path()), "cmn", {});
  ASSERT_FALSE(kept.ok());
  EXPECT_THAT(kept.error().remedy, ::testing::HasSubstr("PMUBENCH_STATE"));
}

}  // namespace
}  // namespace pmubench
