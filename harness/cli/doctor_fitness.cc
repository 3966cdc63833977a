#include "cli/doctor_fitness.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "platform/files.h"

namespace pmubench {
namespace {

// A change is seen from about 3 standard deviations of a launch on: 1 % leaves room for the floor
// of timing metrics (1 %), with 5 % not even a change of 10 % is sure.
constexpr double kQuietVariation = 0.01, kNoisyVariation = 0.05;
// Time that the host took away is time that a benchmark's clock went on.
constexpr double kQuietSteal = 0.001, kNoisySteal = 0.01;

Verdict Grade(double value, double quiet, double noisy) {
  if (value <= quiet) return Verdict::kYes;
  return value <= noisy ? Verdict::kLimited : Verdict::kNo;
}

std::vector<double> CpuTimes(std::string_view stat) {
  std::vector<double> times;
  const std::string line(stat.substr(0, stat.find('\n')));
  for (const std::string& word : Split(line, ' ')) {
    if (const auto ticks = ParseUnsigned(word)) times.push_back(static_cast<double>(*ticks));
  }
  return times;
}

}  // namespace

std::string_view FitnessName(Fitness fitness) {
  switch (fitness) {
    case Fitness::kGood:
      return "good";
    case Fitness::kUsable:
      return "usable";
    case Fitness::kUnfit:
      break;
  }
  return "unfit";
}

double CoefficientOfVariation(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return mean == 0 ? 0 : std::sqrt(squares / (count - 1)) / std::fabs(mean);
}

double StealShare(std::string_view before, std::string_view after) {
  // user nice system idle iowait irq softirq steal; guest times are in user's already.
  constexpr std::size_t kSteal = 7, kFields = 8;
  const std::vector<double> first = CpuTimes(before), last = CpuTimes(after);
  if (first.size() < kFields || last.size() < kFields) return -1;
  double all = 0;
  for (std::size_t i = 0; i < kFields; ++i) all += last[i] - first[i];
  return all > 0 ? (last[kSteal] - first[kSteal]) / all : -1;
}

Fitness RateFitness(const NoiseMeasurement& noise, DoctorReport& report) {
  const auto add = [&](std::string what, Verdict verdict, std::string detail, std::string remedy) {
    report.findings.push_back(
        {"benchmarking", std::move(what), verdict, std::move(detail), std::move(remedy)});
  };
  for (const CanarySamples& canary : noise.canaries) {
    const double variation = CoefficientOfVariation(canary.values);
    const Verdict verdict = Grade(variation, kQuietVariation, kNoisyVariation);
    add(canary.benchmark, verdict,
        fmt::format("varies by {:.2f} % over {} launches", 100 * variation, canary.values.size()),
        verdict == Verdict::kYes ? ""
                                 : "end what else runs (top), and see what is marked under noise");
  }
  if (!noise.not_measured.empty()) add("canary", Verdict::kNo, noise.not_measured, "");
  if (noise.steal_known) {
    const Verdict verdict = Grade(noise.steal_share, kQuietSteal, kNoisySteal);
    add("steal time", verdict,
        fmt::format("{:.2f} % of CPU time was taken by other guests", 100 * noise.steal_share),
        verdict == Verdict::kYes ? "" : "use a machine, or a host's CPUs, for yourself");
  }
  const MachineFingerprint& machine = report.machine;
  if (machine.aslr) {
    add("ASLR", *machine.aslr == 0 ? Verdict::kYes : Verdict::kLimited,
        *machine.aslr == 0 ? "off"
                           : "on: each launch has another layout; several launches average it",
        *machine.aslr == 0 ? "" : "pmubench control --set aslr=off -- COMMAND");
  }
  if (machine.transparent_hugepage == "always") {
    add("transparent huge pages", Verdict::kLimited, "always: which memory gets them is chance",
        "pmubench control --set transparent_huge_pages=madvise -- COMMAND");
  } else if (!machine.transparent_hugepage.empty()) {
    add("transparent huge pages", Verdict::kYes, machine.transparent_hugepage, "");
  }
  add("isolated CPUs", Verdict::kFact,
      machine.isolated_cpus.empty() ? "none" : machine.isolated_cpus, "");
  Fitness fitness = Fitness::kGood;
  for (const Finding& finding : report.findings) {
    if (finding.section == "benchmarking" && finding.verdict == Verdict::kNo) {
      return Fitness::kUnfit;
    }
    const bool noisy = finding.section == "benchmarking" || finding.section == "noise";
    if (noisy && finding.verdict == Verdict::kLimited) fitness = Fitness::kUsable;
  }
  return fitness;
}

}  // namespace pmubench
