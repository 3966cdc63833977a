// How often each way of comparing two sides raises a false alarm, and what it finds: by simulated
// launches whose layout shifts all repetitions of a process together.
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <vector>

#include "reports/compare/sequential.h"
#include "reports/statistics/mann_whitney.h"
#include "reports/statistics/order.h"

namespace pmubench::bench {
namespace {

using compare::Launch;
using statistics::Verdict;

constexpr double kLaunchOffset = 0.01;      // standard deviation between launches
constexpr double kRepetitionNoise = 0.005;  // within a launch
constexpr std::size_t kRepetitions = 5;
constexpr int kPairs = 2000;
constexpr double kAlpha = 0.05;

class Launches {
 public:
  explicit Launches(std::uint64_t seed) : random_(seed) {}

  std::vector<double> Repetitions(double level, std::size_t count = kRepetitions) {
    const double offset = kLaunchOffset * gaussian_(random_);
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(level * (1 + offset + kRepetitionNoise * gaussian_(random_)));
    }
    return values;
  }

  Launch Next(double level) {
    Launch launch;
    launch.fingerprint["machine id"] = "simulated";
    launch.values["a"]["wall_time"] = Repetitions(level);
    return launch;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> gaussian_;
};

// Share of pairs that the rank test calls different, by launch medians or by pooled repetitions.
double Rate(std::size_t launches, std::size_t repetitions, bool pool, double change) {
  int found = 0;
  for (int pair = 0; pair < kPairs; ++pair) {
    Launches source(pair + 1);
    std::vector<double> sides[2];
    for (std::size_t i = 0; i < 2 * launches; ++i) {
      const auto values = source.Repetitions(i % 2 == 0 ? 1 : 1 + change, repetitions);
      auto& side = sides[i % 2];
      if (pool) {
        side.insert(side.end(), values.begin(), values.end());
      } else {
        side.push_back(statistics::Median(values));
      }
    }
    found += statistics::MannWhitney(sides[0], sides[1]).p <= kAlpha ? 1 : 0;
  }
  return static_cast<double>(found) / kPairs;
}

struct Outcome {
  double different = 0;   // share of pairs
  double equivalent = 0;  // share of pairs
  double launches = 0;    // a side, on average
};

// As `pmubench ab` goes: looks at 10, 20 and 40 launches.
Outcome Sequential(double change, double floor) {
  Outcome outcome;
  for (int pair = 0; pair < kPairs; ++pair) {
    Launches source(pair + 1);
    compare::CompareOptions options;
    options.floors[statistics::MetricClass::kTiming] = floor;
    compare::SequentialComparison comparison(statistics::LookSchedule(10, 40, kAlpha), options);
    while (!comparison.Finished()) {
      while (comparison.launches() < *comparison.NextLook()) {
        comparison.Add(source.Next(1), source.Next(1 + change));
      }
      if (!comparison.Look(false)) return outcome;
    }
    const auto& result = comparison.result();
    outcome.different +=
        static_cast<double>(result.Count(Verdict::kWorse) + result.Count(Verdict::kBetter));
    outcome.equivalent += static_cast<double>(result.Count(Verdict::kEquivalent));
    outcome.launches += static_cast<double>(comparison.launches());
  }
  outcome.different /= kPairs;
  outcome.equivalent /= kPairs;
  outcome.launches /= kPairs;
  return outcome;
}

void PrintUnits() {
  fmt::print("{:34} {:>9} {:>9} {:>9}\n", "unit, launches x repetitions a side", "no change",
             "+1 %", "+2 %");
  struct Design {
    const char* unit;
    std::size_t launches, repetitions;
    bool pool;
  };
  for (const Design& design : {Design{"repetition", 1, 20, true}, Design{"repetition", 5, 10, true},
                               Design{"repetition", 10, 5, true}, Design{"launch", 5, 10, false},
                               Design{"launch", 10, 5, false}, Design{"launch", 20, 5, false}}) {
    fmt::print("{:10} {:>2} x {:<21}", design.unit, design.launches, design.repetitions);
    for (const double change : {0.0, 0.01, 0.02}) {
      fmt::print(" {:7.1f} %",
                 100 * Rate(design.launches, design.repetitions, design.pool, change));
    }
    fmt::print("\n");
  }
}

bool PrintSequential() {
  bool good = true;
  fmt::print("\npmubench ab (looks at 10, 20, 40 launches)\n{:10} {:>8} {:>12} {:>12} {:>10}\n",
             "change", "floor", "different", "equivalent", "launches");
  for (const auto& [change, floor] :
       {std::pair{0.0, 0.0}, {0.0, 0.01}, {0.005, 0.01}, {0.02, 0.01}, {0.03, 0.01}}) {
    const Outcome outcome = Sequential(change, floor);
    fmt::print("{:8.1f} % {:6.1f} % {:10.1f} % {:10.1f} % {:10.1f}\n", 100 * change, 100 * floor,
               100 * outcome.different, 100 * outcome.equivalent, outcome.launches);
    // Two standard deviations of the simulation above the nominal level.
    if (change == 0) good = good && outcome.different <= kAlpha + 0.01;
  }
  return good;
}

int Main() {
  fmt::print(
      "{} pairs of sides; standard deviation {:g} % between launches, {:g} % within\n"
      "share called different at a nominal {:g} %\n\n",
      kPairs, 100 * kLaunchOffset, 100 * kRepetitionNoise, 100 * kAlpha);
  PrintUnits();
  const bool good = PrintSequential();
  if (!good) fmt::print("\nmore false alarms than the nominal level\n");
  return good ? 0 : 1;
}

}  // namespace
}  // namespace pmubench::bench

int main() { return pmubench::bench::Main(); }
