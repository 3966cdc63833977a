// The planner's model of the kernel's rotation against the kernel itself: in the lab.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "counters/core_pmu_fixture.h"
#include "planner/rotation.h"

namespace pmubench {
namespace {

constexpr double kAllowed = 0.02;
// The kernel's default; the tick moves the list on by one.
constexpr double kTickMs = 4;

/// A group of `size` events, with the dedicated cycles before them if wished.
struct GroupSize {
  int size = 1;
  bool cycles = false;
  bool pinned = false;
};
using List = std::vector<GroupSize>;

/// Lists for `n` general counters: what tools open, and mixtures.
std::vector<std::pair<std::string, List>> Lists(int n) {
  std::vector<std::pair<std::string, List>> lists;
  const auto singles = [](int count) { return List(static_cast<std::size_t>(count)); };
  const auto plus = [](List list, const List& more) {
    list.insert(list.end(), more.begin(), more.end());
    return list;
  };
  lists.emplace_back("one event too many", singles(n + 1));
  lists.emplace_back("three too many", singles(n + 3));
  lists.emplace_back("cycles, two too many", plus({{0, true}}, singles(n + 2)));
  lists.emplace_back("cycles pinned, two too many", plus({{0, true, true}}, singles(n + 2)));
  lists.emplace_back("pairs", List(static_cast<std::size_t>(n), {2}));
  lists.emplace_back("triples with cycles", List(5, {3, true}));
  lists.emplace_back("all sizes", List{{1}, {2}, {3}, {4}, {5}, {6}});
  lists.emplace_back("full groups", List(3, {n}));
  lists.emplace_back("full groups with cycles", List(3, {n, true}));
  lists.emplace_back("a pinned pair", plus({{2, false, true}}, singles(n)));
  lists.emplace_back("large and small", List{{n - 1}, {1}, {n - 1}, {1}, {2}});
  std::mt19937 random(static_cast<unsigned>(n));
  for (int i = 1; i <= 5; ++i) {
    List list;
    for (auto groups = 4 + random() % 5; groups > 0; --groups) {
      list.push_back(
          {static_cast<int>(1 + random() % static_cast<std::size_t>(n - 1)), random() % 3 == 0});
    }
    lists.emplace_back(fmt::format("random {}", i), list);
  }
  return lists;
}

class RotationForecastTest : public CorePmuTest {
 protected:
  /// The kernel opens any code; a raw one of each event is enough.
  static std::vector<std::string> Names(const GroupSize& group, std::size_t number) {
    std::vector<std::string> names;
    if (group.cycles) names.emplace_back("CYCLES");
    for (int i = 0; i < group.size; ++i) names.push_back(fmt::format("E{}_{}", number, i));
    return names;
  }

  Result<CounterGroup> OpenGroup(const GroupSize& group, std::size_t number) {
    std::vector<EventEncoding> events;
    for (const std::string& name : Names(group, number)) {
      EventEncoding event = name == "CYCLES" ? cycles_ : instructions_;
      event.name = name;
      events.push_back(event);
    }
    return CounterGroup::Open(SystemKernel(), events, CounterTarget::CallingThread(),
                              {.pinned = group.pinned, .exclude_kernel = true}, permissions_);
  }

  static void Spin(double ms) {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::duration<double, std::milli>(ms);
    while (std::chrono::steady_clock::now() < end) {
    }
  }

  std::vector<double> Measure(const List& list, double ms) {
    std::vector<CounterGroup> groups;
    for (std::size_t g = 0; g < list.size(); ++g) {
      auto group = OpenGroup(list[g], g);
      EXPECT_TRUE(group.ok()) << group.error().ToString();
      if (!group) return {};
      groups.push_back(std::move(*group));
    }
    for (CounterGroup& group : groups) EXPECT_TRUE(group.Enable().ok());
    Spin(ms);
    std::vector<double> ratios;
    for (const CounterGroup& group : groups) {
      auto reading = group.Read();
      EXPECT_TRUE(reading.ok()) << reading.error().ToString();
      if (!reading) return {};
      ratios.push_back(static_cast<double>(reading->time_running) /
                       static_cast<double>(reading->time_enabled));
    }
    return ratios;
  }
};

TEST_F(RotationForecastTest, PredictsTheLabsKernelWithinTwoHundredths) {
  auto probe = ProbeCore(SystemKernel(), candidates_, permissions_);
  ASSERT_TRUE(probe.ok());
  if (probe->free < 6) GTEST_SKIP() << "the lists are for 6 free counters or more";
  double worst = 0;
  for (const auto& [name, list] : Lists(probe->free)) {
    PlanProblem problem;
    problem.general_counters = probe->free;
    problem.dedicated = {{"CYCLES", "cycle counter"}};
    std::vector<KernelGroup> groups;
    for (std::size_t g = 0; g < list.size(); ++g) {
      groups.push_back({Names(list[g], g), list[g].pinned});
    }
    const RotationForecast forecast = ForecastRotation(problem, groups);
    // Whole periods, and enough of them that the first tick's phase does not matter.
    const auto period = static_cast<double>(forecast.on.size());
    const double ticks = period * std::ceil(100 / period);
    const std::vector<double> measured = Measure(list, ticks * kTickMs);
    ASSERT_EQ(measured.size(), list.size());
    double error = 0;
    std::string line;
    for (std::size_t g = 0; g < list.size(); ++g) {
      error = std::max(error, std::abs(measured[g] - forecast.group_ratio[g]));
      line += fmt::format(" {:.3f}/{:.3f}", forecast.group_ratio[g], measured[g]);
    }
    fmt::print("{:<28} {:.4f} {}\n", name, error, line);
    EXPECT_LE(error, kAllowed) << name << ": predicted/measured of each group:" << line;
    worst = std::max(worst, error);
  }
  fmt::print("{} counters: largest difference {:.4f}\n", probe->free, worst);
}

}  // namespace
}  // namespace pmubench
