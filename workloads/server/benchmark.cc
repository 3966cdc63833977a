#include "server/benchmark.h"

#include <benchmark/benchmark.h>

#include <cmath>

#include "pmubench/gbench.h"

namespace pmubench {
namespace {

void Report(benchmark::State& state, const LoadRun& load) {
  if (load.requests > 0) {
    state.counters["requests_per_s"] = load.requests / load.seconds;
    state.counters["server_cpu_us_per_request"] = load.server_cpu_seconds * 1e6 / load.requests;
  }
  state.counters["server_cpus"] = load.server_cpu_seconds / load.seconds;
  for (const auto& [name, value] : load.figures) state.counters[name] = value;
}

void Loads(benchmark::State& state, ServerRun& run) {
  const CountedProcess counted(run.pid());
  LoadRun last;
  for ([[maybe_unused]] auto _ : state) {
    const auto load = run.Load();
    if (!load) {
      state.SkipWithError(load.error().ToString().c_str());
      return;
    }
    last = *load;
  }
  Report(state, last);
}

/// How many requests a load makes is known at its end, and Google Benchmark wants to know at the
/// start: the loop is registered with two iterations, of which one starts it, and the last batch
/// takes in all others (a batch may be larger than what is left; State::iterations() has the sum).
void Requests(benchmark::State& state, ServerRun& run) {
  const CountedProcess counted(run.pid());
  while (state.KeepRunningBatch(1)) {
    const auto load = run.Load();
    if (!load) {
      state.SkipWithError(load.error().ToString().c_str());
      return;
    }
    const auto requests = static_cast<benchmark::IterationCount>(std::llround(load->requests));
    if (requests < 2) {
      state.SkipWithError("the load says that it made fewer than 2 requests");
      return;
    }
    state.KeepRunningBatch(requests - 1);
    Report(state, *load);
  }
}

}  // namespace

void RegisterServer(const ServerPlan& plan, ServerRun* run) {
  const std::string name = "server/" + plan.name;
  const bool requests = plan.counts_requests();
  auto* registered =
      benchmark::RegisterBenchmark(name.c_str(), [run, requests](benchmark::State& state) {
        requests ? Requests(state, *run) : Loads(state, *run);
      });
  if (requests) registered->Iterations(2);
  registered->UseRealTime()->Unit(requests ? benchmark::kMicrosecond : benchmark::kMillisecond);
}

}  // namespace pmubench
