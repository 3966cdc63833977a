#include "common/quiet_gate.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "test_folder.h"

namespace pmubench {
namespace {

TEST(QuietGate, ReadsTheFirstLineOfProcStat) {
  const auto times = ParseProcStat("cpu  100 10 50 9000 7 3 2 25 0 0\ncpu0 1 2 3\n", 100);
  ASSERT_TRUE(times.ok());
  EXPECT_DOUBLE_EQ(times->busy, 1.65);  // idle and iowait are nobody's work
  EXPECT_DOUBLE_EQ(times->steal, 0.25);
  EXPECT_FALSE(ParseProcStat("intr 5", 100).ok());
  EXPECT_FALSE(ParseProcStat("cpu 1 2", 100).ok());
}

TEST(QuietGate, LeavesOwnTimeOut) {
  const Neighbours seen = Between({10, 5, 0.5, 2}, {12, 8, 0.6, 4.5});
  EXPECT_DOUBLE_EQ(seen.seconds, 2);
  EXPECT_DOUBLE_EQ(seen.other, 0.25);
  EXPECT_NEAR(seen.steal, 0.05, 1e-12);
}

/// A machine whose clock of busy time we turn.
class FakeProc {
 public:
  FakeProc() { Write(0, 0); }
  void Write(long busy_ticks, long steal_ticks) const {
    root_.Write("proc/stat", "cpu " + std::to_string(busy_ticks) + " 0 0 0 0 0 0 " +
                                 std::to_string(steal_ticks) + " 0 0\n");
  }
  void WriteServer(long ticks) const {
    root_.Write("proc/77/stat",
                "77 (a name) with) S 1 1 1 0 -1 0 0 0 0 0 " + std::to_string(ticks) + " 0 0 0\n");
  }
  [[nodiscard]] const std::filesystem::path& root() const { return root_.path(); }

 private:
  TestFolder root_;
};

TEST(QuietGate, DropsWhatNeighboursDisturbedAndCountsIt) {
  const FakeProc proc;
  QuietGate gate({}, proc.root());
  gate.Begin();
  EXPECT_TRUE(gate.End());
  gate.Begin();
  proc.Write(100'000, 0);
  EXPECT_FALSE(gate.End());
  EXPECT_GT(gate.last().other, 1);
  gate.Begin();
  proc.Write(100'000, 100'000);
  EXPECT_FALSE(gate.End());
  EXPECT_EQ(gate.kept(), 1);
  EXPECT_EQ(gate.dropped(), 2);
  EXPECT_THAT(gate.Summary(), testing::StartsWith("kept 1, dropped 2"));
}

TEST(QuietGate, AServerOfOurOwnIsNoNeighbour) {
  const FakeProc proc;
  proc.WriteServer(0);
  QuietGate gate({}, proc.root());
  gate.Watch(77);
  gate.Begin();
  proc.Write(100'000, 0);
  proc.WriteServer(100'000);
  EXPECT_TRUE(gate.End()) << gate.Summary();
}

}  // namespace
}  // namespace pmubench
