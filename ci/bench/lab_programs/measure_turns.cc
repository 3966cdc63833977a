// What ci/bench/*-in-lab run: groupings of our planner and of other tools, planned on the host,
// then counted in the guest under our switching or the kernel's. JSON on standard output.
//
//   measure_turns groupings COUNTERS          the N1 metric set, grouped in each way
//   measure_turns shares FILE SECONDS         each group's share of the time, for these groupings
//   measure_turns error SECONDS SCHEDULE      instructions from each group's turns, and exact
//   measure_turns work SECONDS SCHEDULE       the child: "busy", "locked", "short", "random",
//   "three"
#include <fmt/format.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "catalogue/load.h"
#include "planner/groupings.h"
#include "planner/problem_for.h"
#include "platform/pmu.h"
#include "runner/core_counters.h"
#include "runner/stat.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kCore = "neoverse-n1";

[[noreturn]] void Die(const Error& error) {
  std::cerr << "measure_turns: " << error.ToString() << '\n';
  std::exit(ExitCode(error.code));
}

template <typename T>
T OrDie(Result<T> result) {
  if (!result) Die(result.error());
  return std::move(*result);
}

/// The machine and the metric set; events by their code, whether this core counts them or not.
struct Bench {
  Permissions permissions = ReadPermissions("/");
  Catalogue catalogue = OrDie(LoadCatalogue(kCore));
  std::vector<PmuDevice> pmus = OrDie(ListPmus("/"));
  PmuDevice core = OrDie(CorePmu(pmus, sched_getcpu()));
  int counters = OrDie(ProbeCore(SystemKernel(), ProbeCandidates(catalogue, pmus, sched_getcpu()),
                                 permissions, DedicatedCandidates(catalogue, pmus, sched_getcpu())))
                     .free;

  [[nodiscard]] EventEncoding Encode(const std::string& name) const {
    const CatalogueEvent* event = catalogue.FindEvent(name);
    return {name, core.name, core.type, event->code.value_or(0), 0, 0};
  }

  /// Counts `work` with the groups; the groups' shares of the child's time.
  [[nodiscard]] StatEnd Run(const std::vector<std::vector<EventEncoding>>& groups,
                            Switching switching, const std::vector<std::string>& work) const {
    MeasurementPlan plan;
    plan.permissions = permissions;
    plan.passes = groups;
    plan.plan.groups.resize(groups.size());
    StatRequest request;
    request.command = {"/proc/self/exe", "work"};
    request.command.insert(request.command.end(), work.begin(), work.end());
    request.switching = switching;
    request.turn = std::chrono::milliseconds(4);  // as long as the kernel's
    request.command_to_stderr = true;
    return OrDie(RunStat(request, plan, SystemKernel(), [](const auto&, const auto&) {}));
  }
};

std::vector<double> Shares(const StatEnd& end) {
  std::vector<double> shares;
  for (const TurnTotals::Group& group : end.total.all.groups) {
    shares.push_back(group.running_ns / (*end.total.cpu_s * 1e9));
  }
  return shares;
}

/// Metrics of the core PMU alone; their events have codes, whether this core counts them or not.
std::vector<const CatalogueMetric*> CoreMetrics(const Catalogue& catalogue) {
  std::vector<const CatalogueMetric*> metrics;
  for (const CatalogueMetric& metric : catalogue.metrics) {
    const bool of_core = std::all_of(metric.events.begin(), metric.events.end(), [&](auto& name) {
      const CatalogueEvent* event = catalogue.FindEvent(name);
      return event->pmu.empty() && event->code;
    });
    if (of_core && !metric.events.empty()) metrics.push_back(&metric);
  }
  return metrics;
}

int Groupings(int counters) {
  const Catalogue catalogue = OrDie(LoadCatalogue(kCore));
  const PlanProblem all = ProblemFor(catalogue, CoreMetrics(catalogue), counters);
  const Plan plan = MakePlan(all);
  const PlanProblem problem = Plannable(all, plan);
  Json json = {{"counters", counters}, {"dedicated", Json::array()}, {"metrics", Json::array()}};
  for (const auto& [event, counter] : problem.dedicated) json["dedicated"].push_back(event);
  for (const PlanMetric& metric : problem.metrics) {
    json["metrics"].push_back({{"name", metric.name}, {"events", metric.events}});
  }
  json["groupings"] = Json::array();
  const auto add = [&](const char* name, const std::vector<PlanGroup>& groups, const char* by) {
    Json events = Json::array();
    for (const PlanGroup& group : groups) events.push_back(group.events);
    json["groupings"].push_back({{"name", name}, {"switched_by", by}, {"groups", events}});
  };
  add("one group a metric", GroupEachMetric(problem), "kernel");
  add("greedy merging", GroupGreedyMerge(problem), "kernel");
  add("every event alone", GroupEachEvent(problem), "kernel");
  add("ours, left to the kernel", plan.groups, "kernel");
  add("ours", plan.groups, "pmubench");
  std::cout << json.dump() << '\n';
  return 0;
}

int SharesOf(const std::string& file, const std::string& seconds) {
  const Bench bench;
  Json json = Json::parse(std::ifstream(file));
  if (json["counters"] != bench.counters) {
    Die({ErrorCode::kNoPmu, fmt::format("{} counters are free here", bench.counters), ""});
  }
  for (Json& grouping : json["groupings"]) {
    std::vector<std::vector<EventEncoding>> groups;
    for (const Json& names : grouping["groups"]) {
      std::vector<EventEncoding>& events = groups.emplace_back();
      for (const std::string name : names) events.push_back(bench.Encode(name));
    }
    const bool by_us = grouping["switched_by"] == "pmubench";
    grouping["shares"] = Shares(
        bench.Run(groups, by_us ? Switching::kByUs : Switching::kByKernel, {seconds, "busy"}));
  }
  std::cout << json.dump() << '\n';
  return 0;
}

/// Five full groups that all count instructions: each group's turns estimate the same total.
int ErrorOfTurns(const std::string& seconds, const std::string& schedule) {
  const Bench bench;
  const EventEncoding instructions = bench.Encode("INST_RETIRED");
  std::vector<std::vector<EventEncoding>> groups;
  for (int g = 0; g < 5; ++g) {
    groups.emplace_back(static_cast<std::size_t>(bench.counters), bench.Encode("L1D_CACHE_REFILL"));
    groups.back()[0] = instructions;
  }
  const auto exact = bench.Run({groups[0]}, Switching::kByUs, {seconds, schedule});
  Json json = {{"schedule", schedule},
               {"exact", exact.total.all.groups[0].counts[0]},
               {"exact_share", Shares(exact)[0]}};
  for (const Switching switching : {Switching::kByUs, Switching::kByKernel}) {
    const auto end = bench.Run(groups, switching, {seconds, schedule});
    const auto shares = Shares(end);
    Json estimates = Json::array();
    for (std::size_t g = 0; g < groups.size(); ++g) {
      estimates.push_back(end.total.all.groups[g].counts[0] / shares[g]);
    }
    json[switching == Switching::kByUs ? "ours" : "kernel"] = {{"estimates", estimates},
                                                               {"shares", shares}};
  }
  std::cout << json.dump() << '\n';
  return 0;
}

/// 4 instructions a round in user space, whatever the compiler.
void UserRounds(std::uint64_t rounds) {
#ifdef __aarch64__
  asm volatile("1: nop\n nop\n subs %0, %0, #1\n b.ne 1b\n" : "+r"(rounds) : : "cc");
#else
  for (; rounds > 0; --rounds) asm volatile("" : "+r"(rounds));
#endif
}

/// Few instructions in user space, many in the kernel, which are not counted.
void KernelRounds(std::uint64_t rounds) {
  for (std::uint64_t i = 0; i < rounds; ++i) syscall(SYS_getppid);
}

// At 4 ns an instruction (the lab's --icount 2) each is about a millisecond.
constexpr std::uint64_t kUserRoundsAMs = 62'500;
constexpr std::uint64_t kKernelRoundsAMs = 700;

/// The same work every time: phases of user space and of system calls.
int Work(double seconds, const std::string& schedule) {
  std::mt19937 random(42);
  const auto pair = [](int user_ms, int kernel_ms) {
    UserRounds(kUserRoundsAMs * static_cast<std::uint64_t>(user_ms));
    KernelRounds(kKernelRoundsAMs * static_cast<std::uint64_t>(kernel_ms));
  };
  const int total = static_cast<int>(seconds * 1000);
  if (schedule == "busy") pair(total, 0);
  if (schedule == "three") {
    KernelRounds(kKernelRoundsAMs * static_cast<std::uint64_t>(total / 5));
    pair(total / 2, total * 3 / 10);
  }
  // The kernel's rotation of five groups takes 5 x 4 ms: so does a pair of phases here, by the
  // clock. How many rounds of system calls fit differs a little; they are few instructions.
  const auto begin = std::chrono::steady_clock::now();
  for (int end = 20; schedule == "locked" && end <= total; end += 20) {
    pair(8, 0);
    while (std::chrono::steady_clock::now() < begin + std::chrono::milliseconds(end)) {
      KernelRounds(20);
    }
  }
  for (int done = 0; schedule == "short" && done < total; done += 20) pair(8, 12);
  for (int done = 0; schedule == "random" && done < total;) {
    const int user = static_cast<int>(1 + random() % 60);
    const int kernel = static_cast<int>(1 + random() % 60);
    pair(user, kernel);
    done += user + kernel;
  }
  return 0;
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() == 2 && arguments[0] == "groupings") {
    return Groupings(std::atoi(arguments[1].c_str()));
  }
  if (arguments.size() == 3 && arguments[0] == "shares") {
    return SharesOf(arguments[1], arguments[2]);
  }
  if (arguments.size() == 3 && arguments[0] == "error") {
    return ErrorOfTurns(arguments[1], arguments[2]);
  }
  if (arguments.size() == 3 && arguments[0] == "work") {
    return Work(std::strtod(arguments[1].c_str(), nullptr), arguments[2]);
  }
  std::cerr << "measure_turns groupings COUNTERS | shares FILE SECONDS |\n"
               "  error SECONDS SCHEDULE | work SECONDS SCHEDULE\n";
  return 2;
}

}  // namespace
}  // namespace pmubench

int main(int argc, char** argv) {
  return pmubench::Main(std::vector<std::string>(argv + 1, argv + argc));
}
