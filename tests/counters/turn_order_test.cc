// Whose turn it is: everyone's as often and as long, in no fixed order.
#include "counters/turn_order.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace pmubench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Plays turns whose measured time is `share(group)` of their length; gives each group's.
std::map<std::size_t, double> Play(TurnOrder& order, int turns, double (*share)(std::size_t)) {
  std::map<std::size_t, double> had;
  for (int i = 0; i < turns; ++i) {
    const std::size_t group = order.group();
    const nanoseconds wall = order.length();
    order.Next();
    const double measured = static_cast<double>(wall.count()) * share(group);
    order.Credit(group, wall, static_cast<std::uint64_t>(measured));
    had[group] += measured;
  }
  return had;
}

TEST(TurnOrder, EveryRoundHasEachGroupTwice) {
  TurnOrder order({1, 1, 1}, milliseconds(10));
  for (std::size_t round = 0; round < 50; ++round) {
    std::map<std::size_t, int> turns;
    for (int i = 0; i < 6; ++i) {
      EXPECT_EQ(order.round(), round);
      ++turns[order.group()];
      order.Next();
    }
    EXPECT_EQ(turns, (std::map<std::size_t, int>{{0, 2}, {1, 2}, {2, 2}}));
  }
}

TEST(TurnOrder, OrdersDifferFromRoundToRoundAndAreTheSameForASeed) {
  TurnOrder order({1, 1, 1}, milliseconds(10), 7);
  TurnOrder same({1, 1, 1}, milliseconds(10), 7);
  std::set<std::vector<std::size_t>> seen;
  for (int round = 0; round < 50; ++round) {
    std::vector<std::size_t> groups;
    for (int i = 0; i < 6; ++i) {
      groups.push_back(order.group());
      EXPECT_EQ(order.group(), same.group());
      order.Next();
      same.Next();
    }
    seen.insert(groups);
  }
  EXPECT_GT(seen.size(), 20u) << "of 90 orders";
}

TEST(TurnOrder, AGroupOfMoreWeightHasMoreTurns) {
  TurnOrder order({1, 3}, milliseconds(10));
  const auto had = Play(order, 800, [](std::size_t) { return 1.0; });
  EXPECT_NEAR(had.at(1) / had.at(0), 3, 0.05);
}

TEST(TurnOrder, FirstTurnsAreShortAndGrow) {
  TurnOrder order({1, 1}, milliseconds(16));
  EXPECT_EQ(order.length(), milliseconds(1));
  Play(order, 4, [](std::size_t) { return 1.0; });
  EXPECT_EQ(order.length(), milliseconds(2));
  Play(order, 40, [](std::size_t) { return 1.0; });
  EXPECT_EQ(order.length(), milliseconds(16));
}

TEST(TurnOrder, AShortfallIsMadeUpFor) {
  TurnOrder order({1, 1, 1}, milliseconds(10));
  // Group 2's turns are a tenth shorter than asked for, say by a late wake-up of the others.
  const auto had = Play(order, 3000, [](std::size_t group) { return group == 2 ? 0.9 : 1.0; });
  EXPECT_NEAR(had.at(2) / had.at(0), 1, 0.005);
  EXPECT_NEAR(had.at(1) / had.at(0), 1, 0.005);
}

TEST(TurnOrder, TurnsOfALongRunGetLonger) {
  TurnOrder order({1, 1}, milliseconds(10));
  Play(order, 4 * 1024 + 40, [](std::size_t) { return 1.0; });
  EXPECT_EQ(order.length(), milliseconds(20));
}

TEST(TurnOrder, TargetsThatSleepDoNotBreakIt) {
  TurnOrder order({1, 1}, milliseconds(10));
  Play(order, 100, [](std::size_t) { return 0.0; });
  EXPECT_EQ(order.length(), milliseconds(10));
}

}  // namespace
}  // namespace pmubench
