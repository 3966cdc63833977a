// Google Benchmark's view: every case in every build, named protection/CASE/SIZE/ISA/PROTECTION, so
// that `pmubench ab protection --pair none:standard` finds the pairs. Each checks its answer.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "protection/builds.h"
#include "protection/cases.h"
#include "protection/enforcement.h"

namespace pmubench::protection {
namespace {

void Run(benchmark::State& state, const Case& one, const Kernels& kernels, const char* label) {
  // Before the loop: it also makes the order of the calls, which is kept.
  const std::uint64_t answer = one.answer(one.size);
  std::uint64_t result = 0;
  for (auto _ : state) {
    result = one.run(kernels, one.size);
    benchmark::DoNotOptimize(result);
  }
  if (result != answer) state.SkipWithError("not the known answer");
  state.SetLabel(label);
}

/// Beside the figures of a protected build: whether a NOP was measured.
const char* LabelOf(const Kernels& kernels, const Enforcement& enforcement) {
  if (std::string_view(kernels.protection) == "none") return "";
  if (enforcement.landing_pads) {
    return enforcement.return_addresses ? "pads and returns checked" : "pads checked";
  }
  return enforcement.return_addresses ? "returns checked" : "nothing checked: NOPs";
}

bool RegisterAll() {
  const auto builds = Builds();
  const auto* code = reinterpret_cast<const void*>(builds.back()->fib);
  const Enforcement enforcement = ReadEnforcement("/", code);
  benchmark::AddCustomContext("landing_pads", enforcement.landing_pads_how);
  benchmark::AddCustomContext("return_addresses", enforcement.return_addresses_how);
  for (const Case& one : Cases()) {
    for (const Kernels* kernels : builds) {
      benchmark::RegisterBenchmark(
          fmt::format("protection/{}/{}/{}/{}", one.name, one.size, kernels->isa,
                      kernels->protection)
              .c_str(),
          [&one, kernels, label = LabelOf(*kernels, enforcement)](benchmark::State& state) {
            Run(state, one, *kernels, label);
          });
    }
  }
  return true;
}

[[maybe_unused]] const bool kRegistered = RegisterAll();

}  // namespace
}  // namespace pmubench::protection
