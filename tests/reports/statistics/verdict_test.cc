// Verdicts on simulated launches: false alarms, power, equivalence, the sequential design.
#include "reports/statistics/verdict.h"

#include <gmock/gmock.h>

#include <random>

#include "reports/statistics/mann_whitney.h"
#include "reports/statistics/multiplicity.h"
#include "reports/statistics/order.h"
#include "reports/statistics/schedule.h"

namespace pmubench::statistics {
namespace {

using ::testing::HasSubstr;

// A process's layout shifts all its repetitions together.
constexpr double kLaunchOffset = 0.01;
constexpr double kRepetitionNoise = 0.005;

class Launches {
 public:
  explicit Launches(std::uint64_t seed) : random_(seed) {}

  std::vector<double> Repetitions(std::size_t count, double level) {
    const double offset = kLaunchOffset * gaussian_(random_);
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(level * (1 + offset + kRepetitionNoise * gaussian_(random_)));
    }
    return values;
  }

  std::vector<double> Medians(std::size_t launches, double level = 100) {
    std::vector<double> medians;
    for (std::size_t i = 0; i < launches; ++i) medians.push_back(Median(Repetitions(5, level)));
    return medians;
  }

  std::vector<double> Pooled(std::size_t launches) {
    std::vector<double> all;
    for (std::size_t i = 0; i < launches; ++i) {
      const auto repetitions = Repetitions(5, 100);
      all.insert(all.end(), repetitions.begin(), repetitions.end());
    }
    return all;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> gaussian_;
};

Decision Judge(const std::vector<double>& base, const std::vector<double>& now,
               const VerdictRules& rules = {}) {
  const Evidence evidence = Weigh(base, now, rules, 1);
  return Decide(evidence, evidence.p, rules, 1);
}

bool Different(Verdict verdict) {
  return verdict == Verdict::kWorse || verdict == Verdict::kBetter;
}

// Why the launch is the unit.
TEST(LaunchMedians, KeepTheLevelThatPooledRepetitionsLose) {
  constexpr int kPairs = 1500;
  int pooled = 0;
  int medians = 0;
  for (int seed = 0; seed < kPairs; ++seed) {
    Launches launches(seed);
    pooled += MannWhitney(launches.Pooled(4), launches.Pooled(4)).p <= 0.05;
    medians += MannWhitney(launches.Medians(10), launches.Medians(10)).p <= 0.05;
  }
  EXPECT_GT(static_cast<double>(pooled) / kPairs, 0.3);
  EXPECT_NEAR(static_cast<double>(medians) / kPairs, 0.043, 0.015);
}

TEST(Decide, FindsARealChange) {
  int worse = 0;
  for (int seed = 0; seed < 300; ++seed) {
    Launches launches(seed);
    worse += Judge(launches.Medians(12), launches.Medians(12, 103)).verdict == Verdict::kWorse;
  }
  EXPECT_GT(worse, 285);
}

TEST(Decide, DirectionFollowsTheMetric) {
  Launches launches(1);
  const auto low = launches.Medians(12);
  const auto high = launches.Medians(12, 120);
  EXPECT_EQ(Judge(low, high).verdict, Verdict::kWorse);
  EXPECT_EQ(Judge(high, low).verdict, Verdict::kBetter);
  VerdictRules rules;
  rules.higher_is_better = true;
  EXPECT_EQ(Judge(low, high, rules).verdict, Verdict::kBetter);
}

TEST(Decide, EquivalentOnlyWhenTheIntervalIsInsideTheFloor) {
  int equivalent_when_same = 0;
  int equivalent_when_beyond = 0;
  VerdictRules rules;
  rules.floor = 0.02;
  for (int seed = 0; seed < 400; ++seed) {
    Launches launches(seed);
    const auto base = launches.Medians(20);
    equivalent_when_same +=
        Judge(base, launches.Medians(20), rules).verdict == Verdict::kEquivalent;
    equivalent_when_beyond +=
        Judge(base, launches.Medians(20, 102.2), rules).verdict == Verdict::kEquivalent;
  }
  EXPECT_GT(equivalent_when_same, 340);
  EXPECT_LT(equivalent_when_beyond, 12);
}

TEST(Decide, SmallChangesBelowTheFloorAreNoRegression) {
  VerdictRules rules;
  rules.floor = 0.05;
  Launches launches(7);
  EXPECT_EQ(Judge(launches.Medians(20), launches.Medians(20, 102), rules).verdict,
            Verdict::kEquivalent);
}

TEST(Decide, OneLaunchASideIsTooFew) {
  const Decision decision = Judge({100}, {150});
  EXPECT_EQ(decision.verdict, Verdict::kTooFew);
  EXPECT_THAT(decision.reason, HasSubstr("4 a side"));
}

TEST(Decide, AFamilyNeedsMoreLaunches) {
  Launches launches(3);
  const auto base = launches.Medians(9);
  const auto now = launches.Medians(9, 150);
  const VerdictRules rules;
  const Evidence evidence = Weigh(base, now, rules, 20000);
  EXPECT_EQ(Decide(evidence, *evidence.p * 20000, rules, 20000).verdict, Verdict::kTooFew);
  EXPECT_EQ(Judge(base, now).verdict, Verdict::kWorse);
}

TEST(Decide, ExactValuesNeedNoTest) {
  VerdictRules rules;
  rules.metric_class = MetricClass::kExact;
  rules.floor = 0;
  EXPECT_EQ(Judge({4096}, {4096}, rules).verdict, Verdict::kEquivalent);
  EXPECT_EQ(Judge({4096}, {4097}, rules).verdict, Verdict::kWorse);
  EXPECT_EQ(Judge({0}, {1}, rules).verdict, Verdict::kWorse);
  EXPECT_EQ(Judge({5, 6}, {7, 5}, rules).verdict, Verdict::kTooFew);
}

TEST(Decide, NearExactValuesGateWithThreeLaunches) {
  VerdictRules rules;
  rules.metric_class = MetricClass::kNearExact;
  rules.floor = 0.002;
  EXPECT_EQ(Judge({1000, 1000.2, 1000.1}, {1005, 1005.1, 1005.2}, rules).verdict, Verdict::kWorse);
  EXPECT_EQ(Judge({1000, 1000.2, 1000.1}, {1000.9, 1001, 1001}, rules).verdict,
            Verdict::kEquivalent);
  EXPECT_EQ(Judge({1000, 1001.9, 1000.1}, {1002.9, 1003, 1003}, rules).verdict,
            Verdict::kInconclusive);
  EXPECT_EQ(Judge({1000}, {1005}, rules).verdict, Verdict::kTooFew);
  // Values that do not repeat lose the shortcut.
  EXPECT_EQ(Judge({1000, 1050, 990}, {1100, 1150, 1120}, rules).verdict, Verdict::kTooFew);
}

TEST(Decide, NearExactShortcutHasFewFalseAlarms) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> gaussian;
  VerdictRules rules;
  rules.metric_class = MetricClass::kNearExact;
  rules.floor = 0.002;
  for (double deviation : {0.0002, 0.0005, 0.001, 0.002}) {
    int alarms = 0;
    for (int i = 0; i < 5000; ++i) {
      std::vector<double> base(3);
      std::vector<double> now(3);
      for (double& value : base) value = 1e6 * (1 + deviation * gaussian(random));
      for (double& value : now) value = 1e6 * (1 + deviation * gaussian(random));
      alarms += Different(Judge(base, now, rules).verdict);
    }
    EXPECT_LE(alarms, 25) << deviation;
  }
}

TEST(Decide, ZeroHasNoRatio) {
  EXPECT_EQ(Judge(std::vector<double>(12, 0.0), std::vector<double>(12, 0.0)).verdict,
            Verdict::kEquivalent);
  EXPECT_EQ(Judge(std::vector<double>(12, 0.0), std::vector<double>(12, 3.0)).verdict,
            Verdict::kWorse);
}

// Looking three times spends alpha once.
TEST(Sequential, KeepsItsAlpha) {
  constexpr int kPairs = 2000;
  int alarms = 0;
  int greedy = 0;
  const auto looks = LookSchedule(10, 40, 0.05);
  VerdictRules rules;
  rules.floor = 0;
  for (int seed = 0; seed < kPairs; ++seed) {
    Launches launches(seed + 9000);
    const auto base = launches.Medians(40);
    const auto now = launches.Medians(40);
    bool alarmed = false;
    bool alarmed_greedily = false;
    for (const Look& look : looks) {
      rules.alpha = look.alpha;
      const std::vector<double> a(base.begin(), base.begin() + static_cast<int>(look.launches));
      const std::vector<double> b(now.begin(), now.begin() + static_cast<int>(look.launches));
      alarmed = alarmed || Different(Judge(a, b, rules).verdict);
      alarmed_greedily = alarmed_greedily || MannWhitney(a, b).p <= 0.05;
    }
    alarms += alarmed;
    greedy += alarmed_greedily;
  }
  EXPECT_LE(static_cast<double>(alarms) / kPairs, 0.055);
  EXPECT_GT(static_cast<double>(greedy) / kPairs, 0.08);
}

// 2,000 benchmarks of which 20 really changed: none of the others is reported but by a rare chance.
TEST(Multiplicity, KeepsFalseDiscoveriesRare) {
  constexpr std::size_t kBenchmarks = 2000;
  constexpr std::size_t kChanged = 20;
  Launches launches(77);
  std::vector<Evidence> evidence;
  std::vector<double> p;
  const VerdictRules rules;
  for (std::size_t i = 0; i < kBenchmarks; ++i) {
    const auto base = launches.Medians(12);
    evidence.push_back(
        Weigh(base, launches.Medians(12, i < kChanged ? 104 : 100), rules, kBenchmarks));
    p.push_back(*evidence.back().p);
  }
  const auto q = BenjaminiHochberg(p);
  std::size_t found = 0;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < kBenchmarks; ++i) {
    if (!Different(Decide(evidence[i], q[i], rules, kBenchmarks).verdict)) continue;
    (i < kChanged ? found : wrong) += 1;
  }
  EXPECT_GE(found, 17u);
  EXPECT_LE(wrong, 3u);
}

}  // namespace
}  // namespace pmubench::statistics
