// A suite whose times are made, not measured, so that a busy machine changes no verdict: 40
// benchmarks with manual times and 0.2 % noise. What FLEET_SUITE_SLOWER names ("NAME on NODE") is a
// quarter slower; FLEET_SUITE_CANNOT makes it end as on a machine that cannot measure;
// FLEET_SUITE_PACE_MS is how long a launch of a benchmark really takes.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <thread>

#include "pmubench/gbench.h"

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool IsSlower(const std::string& benchmark) {
  const std::string slower = Variable("FLEET_SUITE_SLOWER");
  return !slower.empty() && slower == benchmark + " on " + Variable("SLURMD_NODENAME");
}

void Made(benchmark::State& state, const std::string& name, double nanoseconds) {
  std::mt19937_64 random{std::random_device{}()};
  std::normal_distribution<double> noise(1, 0.002);
  const double time = nanoseconds * noise(random) * (IsSlower(name) ? 1.25 : 1);
  for (auto _ : pmubench::Counted(state)) state.SetIterationTime(time * 1e-9);
  const std::string pace = Variable("FLEET_SUITE_PACE_MS");
  if (!pace.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(pace)));
}

}  // namespace

int main(int argc, char** argv) {
  const bool lists = argc > 1 && std::string(argv[argc - 1]) == "--benchmark_list_tests=true";
  if (!lists && !Variable("FLEET_SUITE_CANNOT").empty()) {
    std::cerr << "this machine cannot measure that\n";
    return 3;
  }
  for (int i = 0; i < 40; ++i) {
    const std::string name = "made/" + std::to_string(i);
    benchmark::RegisterBenchmark(name.c_str(), Made, name, 1000.0 * (i + 1))
        ->UseManualTime()
        ->Iterations(1);
  }
  return pmubench::RunBenchmarks(argc, argv);
}
