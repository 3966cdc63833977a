// Counts the instructions of one call of every kernel: a line for each kernel, size, instruction
// set and vector length. By the PMU, for the lab, where counts repeat exactly, or with --steps by
// stepping, on a machine without one; see docs/workloads/codec.md.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "codec/cases.h"
#include "codec/vector_length.h"
#include "common/instruction_count.h"

extern "C" void pmubench_codec_nothing();
#if defined(__aarch64__)
asm(".text\n.global pmubench_codec_nothing\npmubench_codec_nothing: ret\n");
#elif defined(__x86_64__)
asm(".text\n.global pmubench_codec_nothing\npmubench_codec_nothing: ret\n");
#endif

namespace pmubench::codec {
namespace {

/// Kernels of a single instruction, the return: what a call of them counts is the caller's share.
Kernels Nothing() {
  Kernels kernels{};
  const auto set = [](auto*& kernel) {
    kernel = reinterpret_cast<std::remove_reference_t<decltype(kernel)>>(&pmubench_codec_nothing);
  };
  set(kernels.count_nonzero);
  set(kernels.quantise);
  set(kernels.sad16x16);
  set(kernels.satd8x8);
  set(kernels.dct8x8);
  set(kernels.interpolate8);
  set(kernels.scan_runs);
  set(kernels.vlc_bits);
  set(kernels.average);
  return kernels;
}

[[gnu::noinline]] void CallMany(const Case& one, const Kernels& kernels, Block& block, int size,
                                int calls) {
  for (int i = 0; i < calls; ++i) (void)one.call(kernels, block, size);
}

Result<std::int64_t> CountOne(const CallCount& method, const Case& one, const Kernels& kernels,
                              Block& block, int size) {
  return CountOneCall(method, [&](int calls) { CallMany(one, kernels, block, size, calls); });
}

Result<void> PrintAll(const CallCount& method) {
  const Kernels nothing = Nothing();
  for (const Case& one : Cases()) {
    for (const int size : one.sizes) {
      for (const Isa& isa : Isas()) {
        if (!isa.supported() || !one.has(*isa.kernels)) continue;
        const bool sve = UsesSve(isa);
        for (const int bits : {128, 256, 512, 1024, 2048}) {
          if (sve && SetVectorLength(bits) != bits) continue;
          Block block(ElementsOf(size));
          const auto kernel = CountOne(method, one, *isa.kernels, block, size);
          if (!kernel) return kernel.error();
          const auto caller = CountOne(method, one, nothing, block, size);
          if (!caller) return caller.error();
          fmt::print("{}\t{}\t{}\t{}\t{}\n", one.name, size, isa.name,
                     sve ? std::to_string(bits) : "-", *kernel - *caller + 1);
          if (!sve) break;
        }
      }
    }
  }
  return {};
}

Result<CallCount> ByPmu() {
  constexpr int kCalls = 50;
  auto pmu = CountByPmu();
  if (!pmu) return pmu.error();
  return CallCount{*std::move(pmu), kCalls};
}

int Main(bool steps) {
  const auto method = steps ? Result<CallCount>(CallCount{CountBySteps()}) : ByPmu();
  if (!method) {
    fmt::print(stderr, "{}\n", method.error().ToString());
    return ExitCode(method.error().code);
  }
  fmt::print("# compiler\t{}\n", __VERSION__);
  fmt::print("# kernel\tsize\tisa\tvector bits\tinstructions of a call\n");
  if (const auto printed = PrintAll(*method); !printed) {
    fmt::print(stderr, "{}\n", printed.error().ToString());
    return ExitCode(printed.error().code);
  }
  return 0;
}

}  // namespace
}  // namespace pmubench::codec

int main(int argc, char** argv) {
  const bool steps = argc == 2 && std::string_view(argv[1]) == "--steps";
  if (argc > 1 && !steps) {
    std::fputs("usage: pmubench_codec_instructions [--steps]\n", stderr);
    return 2;
  }
  return pmubench::codec::Main(steps);
}
