// Whether a 95 % interval holds what it should, on signals that are known as a whole.
#include "catalogue/turn_interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "counters/turn_order.h"

namespace pmubench {
namespace {

/// Cycles and misses of every turn of a run, whoever had the turn.
struct Signal {
  std::vector<double> cycles;
  std::vector<double> misses;
};

using Random = std::mt19937_64;
using MakeSignal = std::function<Signal(std::size_t turns, Random& random)>;

double Normal(Random& random) { return std::normal_distribution<double>()(random); }
double Uniform(Random& random) { return std::uniform_real_distribution<double>()(random); }

/// Misses per cycle follow `rate`, with 5 % noise of their own; cycles with 2 %.
Signal FromRate(std::size_t turns, Random& random, const std::function<double(double)>& rate) {
  Signal signal;
  for (std::size_t i = 0; i < turns; ++i) {
    const double cycles = 1e6 * (1 + 0.02 * Normal(random));
    signal.cycles.push_back(cycles);
    signal.misses.push_back(cycles * rate(static_cast<double>(i)) * (1 + 0.05 * Normal(random)));
  }
  return signal;
}

MakeSignal Stationary() {
  return [](std::size_t turns, Random& random) {
    return FromRate(turns, random, [](double) { return 0.01; });
  };
}

/// Noise that remembers: a correlation of 1/e after `memory` turns.
MakeSignal Remembering(double memory) {
  return [memory](std::size_t turns, Random& random) {
    double state = Normal(random);
    const double keep = std::exp(-1 / memory);
    return FromRate(turns, random, [&](double) {
      state = keep * state + std::sqrt(1 - keep * keep) * Normal(random);
      return 0.01 * (1 + 0.2 * state);
    });
  };
}

/// Two phases in turn, of fixed length; the second misses three times as often.
MakeSignal Periodic(double length) {
  return [length](std::size_t turns, Random& random) {
    const double start = 2 * length * Uniform(random);
    return FromRate(turns, random, [=](double i) {
      return std::fmod(i + start, 2 * length) < length ? 0.01 : 0.03;
    });
  };
}

/// Two phases of random length.
MakeSignal Switching(double mean_length) {
  return [mean_length](std::size_t turns, Random& random) {
    bool high = Uniform(random) < 0.5;
    return FromRate(turns, random, [&](double) {
      if (Uniform(random) < 1 / mean_length) high = !high;
      return high ? 0.03 : 0.01;
    });
  };
}

/// A program: reads its input, computes, writes; slower cycles in the middle.
MakeSignal Program() {
  return [](std::size_t turns, Random& random) {
    const auto all = static_cast<double>(turns);
    const double first = 0.1 + 0.1 * Uniform(random);
    const double last = 0.8 + 0.1 * Uniform(random);
    Signal signal = FromRate(turns, random, [=](double i) {
      if (i < first * all) return 0.05;
      if (i > last * all) return 0.002;
      return 0.01 * (1 + 0.3 * std::sin(2 * std::numbers::pi * i / 37));
    });
    return signal;
  };
}

Formula MissesPerThousandCycles() { return *Formula::Parse("1000 * MISSES / CYCLES"); }

struct Run {
  std::vector<TurnRound> rounds;
  double measured = 0;
  double truth = 0;
};

/// Measures the signal in the turns of group 0 of `groups`.
Run Measure(const Signal& signal, int groups, std::uint64_t seed) {
  using std::chrono::milliseconds;
  TurnOrder order(std::vector<int>(static_cast<std::size_t>(groups), 1), milliseconds(10), seed);
  Run run;
  double misses = 0, cycles = 0, all_misses = 0, all_cycles = 0;
  for (std::size_t i = 0; i < signal.cycles.size(); ++i) {
    run.rounds.resize(order.round() + 1);
    TurnRound& round = run.rounds.back();
    round.time_ns += 1e7;
    all_misses += signal.misses[i];
    all_cycles += signal.cycles[i];
    if (order.group() == 0) {
      round.turns.push_back({{signal.misses[i], signal.cycles[i]}, 1e7});
      misses += signal.misses[i];
      cycles += signal.cycles[i];
    }
    const std::size_t group = order.group();
    order.Next();
    order.Credit(group, milliseconds(10), 10'000'000);
  }
  run.measured = 1000 * misses / cycles;
  run.truth = 1000 * all_misses / all_cycles;
  return run;
}

double Coverage(const MakeSignal& make, int groups, std::size_t rounds, int runs = 2000) {
  const Formula formula = MissesPerThousandCycles();
  int held = 0;
  for (int i = 0; i < runs; ++i) {
    Random random(static_cast<std::uint64_t>(i) * 7919 + 17);
    const std::size_t turns = rounds * 2 * static_cast<std::size_t>(groups);
    const Run run = Measure(make(turns, random), groups, random());
    const auto interval = EstimateInterval(formula, {"MISSES", "CYCLES"}, {}, run.rounds);
    if (!interval) return 0;
    held += std::abs(run.measured - run.truth) <= interval->half_width ? 1 : 0;
  }
  return static_cast<double>(held) / runs;
}

struct Case {
  const char* name;
  MakeSignal make;
  std::size_t fewest_rounds = 0;
};

class TurnIntervalCoverage : public ::testing::TestWithParam<Case> {};

TEST_P(TurnIntervalCoverage, NinetyFivePercentHold) {
  for (const int groups : {2, 5}) {
    for (const std::size_t rounds : {12, 50, 100}) {
      if (rounds < GetParam().fewest_rounds) continue;
      const double coverage = Coverage(GetParam().make, groups, rounds);
      EXPECT_GE(coverage, 0.93) << groups << " groups, " << rounds << " rounds";
      EXPECT_LE(coverage, 0.97) << groups << " groups, " << rounds << " rounds";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Signals, TurnIntervalCoverage,
    ::testing::Values(Case{"Stationary", Stationary()}, Case{"MemoryOf3", Remembering(3)},
                      Case{"MemoryOf40", Remembering(40)}, Case{"PhasesOf3AndAHalf", Periodic(3.5)},
                      Case{"PhasesOfARound", Periodic(10)}, Case{"PhasesOf60", Periodic(60)},
                      Case{"RandomPhasesOf8", Switching(8)},
                      Case{"RandomPhasesOf80", Switching(80)}, Case{"Program", Program(), 50}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(TurnInterval, AShortRunOfThreePhasesErrsToTheWideSide) {
  for (const int groups : {2, 5}) {
    const double coverage = Coverage(Program(), groups, 12);
    EXPECT_GE(coverage, 0.93) << groups << " groups";
    EXPECT_LE(coverage, 0.99) << groups << " groups";
  }
}

TEST(TurnInterval, MeasuredAllTheTimeIsExact) {
  const std::vector<TurnRound> rounds(4, {20, {{{1, 10}, 10}, {{3, 10}, 10}}});
  const auto interval =
      EstimateInterval(MissesPerThousandCycles(), {"MISSES", "CYCLES"}, {}, rounds);
  ASSERT_TRUE(interval.has_value());
  EXPECT_EQ(interval->half_width, 0);
  EXPECT_EQ(interval->turns, 8);
}

TEST(TurnInterval, KnownByHand) {
  // z of a sum: T/t * (count - mean rate * time) = 2 * (count - 2): -2 and 2 in each of two rounds.
  const std::vector<TurnRound> rounds(2, {40, {{{1}, 10}, {{3}, 10}}});
  const auto interval = EstimateInterval(*Formula::Parse("MISSES"), {"MISSES"}, {}, rounds);
  ASSERT_TRUE(interval.has_value());
  // n (1 - f) s^2 = 2 * 0.5 * 8 in each round: W = 16. One step of 4 between them: 2 * 4^2 / 2.
  // Parts of A: 4, 4 and 8, each with one degree of freedom: 16^2 / ((16 + 16 + 64) / 3) - 2 = 6.
  EXPECT_NEAR(interval->degrees_of_freedom, 6 + 10, 1e-9);
  EXPECT_NEAR(interval->half_width, StudentQuantile(16) * 4, 1e-9);
}

TEST(TurnInterval, TooFewRoundsGiveNone) {
  EXPECT_FALSE(EstimateInterval(*Formula::Parse("MISSES"), {"MISSES"}, {}, {}));
  EXPECT_FALSE(EstimateInterval(*Formula::Parse("MISSES"), {"MISSES"}, {},
                                {{20, {{{1}, 5}, {{1}, 5}}}, {}}));
}

TEST(TurnInterval, NoNumberNoInterval) {
  const std::vector<TurnRound> rounds(3, {40, {{{1, 0}, 10}, {{3, 0}, 10}}});
  EXPECT_FALSE(EstimateInterval(MissesPerThousandCycles(), {"MISSES", "CYCLES"}, {}, rounds));
}

TEST(TurnInterval, StudentsQuantile) {
  EXPECT_NEAR(StudentQuantile(1), 12.706, 1e-3);
  EXPECT_NEAR(StudentQuantile(2.5), 3.558, 0.1);
  EXPECT_NEAR(StudentQuantile(12), 2.179, 0.01);
  EXPECT_NEAR(StudentQuantile(100), 1.984, 0.01);
  EXPECT_NEAR(StudentQuantile(1e12), 1.960, 1e-3);
}

}  // namespace
}  // namespace pmubench
