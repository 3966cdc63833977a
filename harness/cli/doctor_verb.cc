// `pmubench doctor`: what this machine can measure, what it cannot, why, and what would change it.
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <memory>

#include "catalogue/load.h"
#include "cli/doctor.h"
#include "cli/doctor_fitness.h"
#include "cli/verb.h"
#include "counters/self_test.h"
#include "platform/cpu.h"
#include "runner/core_counters.h"

namespace pmubench {
namespace {

struct DoctorOptions {
  std::string format = "text";
  std::string root = "/";
  bool benchmarking = false;
  int launches = 10;
};

SelfTest Probed(const std::vector<PmuDevice>& pmus, int cpu, const Permissions& permissions) {
  SelfTest test{"counters", false, ""};
  auto identity = ReadCpuIdentity("/", cpu);
  auto catalogue = identity ? LoadCatalogue(CoreFor(*identity)) : identity.error();
  if (!catalogue) {
    test.detail = catalogue.error().ToString();
    return test;
  }
  const auto probe = ProbeCore(SystemKernel(), ProbeCandidates(*catalogue, pmus, cpu), permissions);
  test.ok = probe.ok();
  test.detail = probe ? fmt::format("{} general, {} free now", probe->existing, probe->free)
                      : probe.error().ToString();
  return test;
}

std::vector<SelfTest> TryCounters() {
  const Permissions permissions = ReadPermissions("/");
  std::vector<SelfTest> tests;
  const auto add = [&tests](const CounterCheck& check) {
    tests.push_back({check.what, check.ok, check.detail});
  };
  add(CheckPageFaults(SystemKernel(), permissions));
  const int cpu = std::max(sched_getcpu(), 0);
  const auto pmus = ListPmus("/");
  if (!pmus) return tests;
  const auto core = CorePmu(*pmus, cpu);
  if (!core) return tests;
  // The kernel's names on Arm and on x86.
  for (const char* name : {"cpu_cycles", "cpu-cycles", "inst_retired", "instructions"}) {
    if (!core->events.contains(name)) continue;
    const auto event = EncodeSysfs(*core, name);
    if (event) add(CheckCounts(SystemKernel(), *event, permissions));
  }
  tests.push_back(Probed(*pmus, cpu, permissions));
  return tests;
}

int RunDoctor(const DoctorOptions& options) {
  const bool here = options.root == "/";
  const auto tests = here ? TryCounters() : std::vector<SelfTest>{};
  DoctorReport report = Examine(options.root, tests);
  Fitness fitness = Fitness::kGood;
  if (options.benchmarking) {
    fitness = RateFitness(here ? MeasureNoise(options.launches) : NoiseMeasurement{}, report);
    report.fitness = FitnessName(fitness);
  }
  if (options.format == "json") {
    fmt::print("{}", DoctorJson(report));
  } else {
    fmt::print("{}", DoctorText(report, UseColour()));
  }
  if (fitness == Fitness::kUnfit) return 1;
  const bool all_ok =
      std::all_of(tests.begin(), tests.end(), [](const SelfTest& test) { return test.ok; });
  return all_ok ? 0 : 1;
}

}  // namespace

void AddDoctorVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "doctor", "What this machine can measure, what it cannot, and what would change it");
  auto options = std::make_shared<DoctorOptions>();
  AddFormat(*verb, options->format);
  verb->add_option("--root", options->root,
                   "a machine recorded under this folder (/sys, /proc); nothing is counted then")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  verb->add_flag("--benchmarking", options->benchmarking,
                 "measure this machine's noise too (10 s), and rate it for benchmarks");
  verb->add_option("--launches", options->launches, "launches of the canary for that")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  verb->footer(
      R"(With --benchmarking: good, nothing known limits it; usable, see what is marked; unfit, a fixed
program varies by more than 5 % or other guests take more than 1 % of the CPU time.

Exit code 1: a counter was opened and did not count as it should, or the machine is unfit.)");
  verb->callback([options, &exit_code] { exit_code = RunDoctor(*options); });
}

}  // namespace pmubench
