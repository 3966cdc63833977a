// Counts the instructions of one call of every kernel, on the PMU: a line for each kernel, size,
// instruction set and vector length. For the lab, where counts repeat exactly; see
// docs/workloads/codec.md.
#include <fmt/format.h>
#include <linux/perf_event.h>

#include <cstring>

#include "codec/cases.h"
#include "codec/vector_length.h"
#include "counters/counter_group.h"

extern "C" void pmubench_codec_nothing();
#if defined(__aarch64__)
asm(".text\n.global pmubench_codec_nothing\npmubench_codec_nothing: ret\n");
#elif defined(__x86_64__)
asm(".text\n.global pmubench_codec_nothing\npmubench_codec_nothing: ret\n");
#endif

namespace pmubench::codec {
namespace {

constexpr int kCalls = 50;

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

Result<CounterGroup> OpenInstructions() {
  EventEncoding event;
  event.name = "instructions";
  event.pmu = "cpu";
  event.type = PERF_TYPE_HARDWARE;
  event.config = PERF_COUNT_HW_INSTRUCTIONS;
  CounterOptions options;
  options.pinned = true;
  options.exclude_kernel = true;
  auto group = CounterGroup::Open(SystemKernel(), {event}, CounterTarget::CallingThread(), options,
                                  ReadPermissions("/"));
  if (group) {
    if (const auto enabled = group->Enable(); !enabled) return enabled.error();
  }
  return group;
}

[[gnu::noinline]] void CallMany(const Case& one, const Kernels& kernels, Block& block, int size,
                                int calls) {
  for (int i = 0; i < calls; ++i) (void)one.call(kernels, block, size);
}

/// Instructions of `calls` calls and of the reads around them.
Result<std::uint64_t> Count(const CounterGroup& group, const Case& one, const Kernels& kernels,
                            Block& block, int size, int calls) {
  const auto begin = group.Read();
  if (!begin) return begin.error();
  CallMany(one, kernels, block, size, calls);
  const auto end = group.Read();
  if (!end) return end.error();
  return end->members[0].value - begin->members[0].value;
}

/// Of one call, from kCalls more: what stands around them goes out. Rounded, as an interrupt may
/// add an instruction now and then.
Result<std::int64_t> CountOne(const CounterGroup& group, const Case& one, const Kernels& kernels,
                              Block& block, int size) {
  for (const int warm : {1, 2}) CallMany(one, kernels, block, size, warm);
  const auto few = Count(group, one, kernels, block, size, kCalls);
  if (!few) return few.error();
  const auto many = Count(group, one, kernels, block, size, 2 * kCalls);
  if (!many) return many.error();
  return (static_cast<std::int64_t>(*many - *few) + kCalls / 2) / kCalls;
}

Result<void> PrintAll(const CounterGroup& group) {
  const Kernels nothing = Nothing();
  for (const Case& one : Cases()) {
    for (const int size : one.sizes) {
      for (const Isa& isa : Isas()) {
        if (!isa.supported() || !one.has(*isa.kernels)) continue;
        const bool sve = std::strncmp(isa.name, "sve", 3) == 0;
        for (const int bits : {128, 256, 512, 1024, 2048}) {
          if (sve && SetVectorLength(bits) != bits) continue;
          Block block(ElementsOf(size));
          const auto kernel = CountOne(group, one, *isa.kernels, block, size);
          if (!kernel) return kernel.error();
          const auto caller = CountOne(group, one, nothing, block, size);
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

int Main() {
  const auto group = OpenInstructions();
  if (!group) {
    fmt::print(stderr, "{}\n", group.error().ToString());
    return ExitCode(group.error().code);
  }
  fmt::print("# compiler\t{}\n", __VERSION__);
  fmt::print("# kernel\tsize\tisa\tvector bits\tinstructions of a call\n");
  if (const auto printed = PrintAll(*group); !printed) {
    fmt::print(stderr, "{}\n", printed.error().ToString());
    return ExitCode(printed.error().code);
  }
  return 0;
}

}  // namespace
}  // namespace pmubench::codec

int main() { return pmubench::codec::Main(); }
