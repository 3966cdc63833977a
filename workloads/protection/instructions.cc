// Counts the instructions of one call of every case in every build: a line each. By the PMU where
// there is one (the lab), else, or with --steps, by stepping; see docs/workloads/protection.md.
#include <fmt/format.h>

#include <cstdio>
#include <functional>
#include <string_view>
#include <type_traits>

#include "common/instruction_count.h"
#include "protection/builds.h"
#include "protection/cases.h"
#include "protection/enforcement.h"

// The shortest function there is, without a landing pad in any build.
extern "C" void pmubench_protection_return();
asm(".text\n.global pmubench_protection_return\npmubench_protection_return: ret\n");

namespace pmubench::protection {
namespace {

constexpr int kLeafCalls = 100;

/// Kernels of a single instruction, the return: what a call of them counts is the caller's share.
Kernels Nothing() {
  Kernels kernels{};
  const auto set = [](auto*& kernel) {
    kernel =
        reinterpret_cast<std::remove_reference_t<decltype(kernel)>>(&pmubench_protection_return);
  };
  set(kernels.fib);
  set(kernels.descend);
  set(kernels.visit);
  set(kernels.call);
  return kernels;
}

Result<std::int64_t> CountOne(const CallCount& method, const std::function<void()>& call) {
  return CountOneCall(method, [&](int calls) {
    for (int i = 0; i < calls; ++i) call();
  });
}

Result<std::int64_t> CountCase(const CallCount& method, const Case& one, const Kernels& kernels) {
  const auto through = [&](const Kernels& callee) {
    return CountOne(method, [&] { (void)one.run(callee, one.counted); });
  };
  const auto with = through(kernels);
  if (!with) return with.error();
  const auto without = through(Nothing());
  if (!without) return without.error();
  return *with - *without + 1;
}

/// Of the leaves alone: what a call of them adds to a call of a return, which is one.
Result<std::int64_t> CountLeaf(const CallCount& method, const Kernels& caller, const Leaf* leaves) {
  const auto back = reinterpret_cast<Leaf>(&pmubench_protection_return);
  const Leaf nothing[kTargets] = {back, back, back, back};
  const auto through = [&](const Leaf* table) {
    return CountOne(method, [&caller, table] { (void)caller.call(table, Order(kLeafCalls), 1); });
  };
  const auto with = through(leaves);
  if (!with) return with.error();
  const auto without = through(nothing);
  if (!without) return without.error();
  return (*with - *without) / kLeafCalls + 1;
}

void Print(std::string_view name, int size, const Kernels& kernels, std::int64_t instructions) {
  fmt::print("{}\t{}\t{}\t{}\t{}\n", name, size, kernels.isa, kernels.protection, instructions);
}

Result<void> PrintAll(const CallCount& method) {
  const auto builds = Builds();
  for (const Case& one : Cases()) {
    for (const Kernels* kernels : builds) {
      const auto counted = CountCase(method, one, *kernels);
      if (!counted) return counted.error();
      Print(one.name, one.counted, *kernels, *counted);
    }
  }
  for (const Kernels* kernels : builds) {
    const auto counted = CountLeaf(method, *builds.front(), kernels->leaves);
    if (!counted) return counted.error();
    Print("leaf", 1, *kernels, *counted);
  }
  return {};
}

CallCount ByPmuElseSteps() {
  constexpr int kCalls = 10;
  auto pmu = CountByPmu();
  if (pmu) return {*std::move(pmu), kCalls};
  fmt::print(stderr, "{}; stepping instead\n", pmu.error().message);
  return {CountBySteps()};
}

int Main(bool steps) {
  const auto* code = reinterpret_cast<const void*>(Builds().back()->fib);
  const Enforcement enforcement = ReadEnforcement("/", code);
  fmt::print("# compiler\t{}\n", __VERSION__);
  fmt::print("# landing pads\t{}\n", enforcement.landing_pads_how);
  fmt::print("# return addresses\t{}\n", enforcement.return_addresses_how);
  fmt::print("# case\tsize\tisa\tprotection\tinstructions of a call\n");
  const auto printed = PrintAll(steps ? CallCount{CountBySteps()} : ByPmuElseSteps());
  if (printed) return 0;
  fmt::print(stderr, "{}\n", printed.error().ToString());
  return ExitCode(printed.error().code);
}

}  // namespace
}  // namespace pmubench::protection

int main(int argc, char** argv) {
  const bool steps = argc == 2 && std::string_view(argv[1]) == "--steps";
  if (argc > 1 && !steps) {
    std::fputs("usage: pmubench_protection_instructions [--steps]\n", stderr);
    return 2;
  }
  return pmubench::protection::Main(steps);
}
