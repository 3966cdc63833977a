// Google Benchmark's view: every kernel of every instruction set this CPU has. Each checks itself
// against the scalar kernel.
//   PMUBENCH_CODEC_VECTOR_BITS  SVE vectors of this many bits (the longest there are)
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>

#include "codec/cases.h"
#include "codec/vector_length.h"
#include "common/settings.h"

namespace pmubench::codec {
namespace {

/// Bits of SVE vectors that were asked for; 0 for the longest there are. What this CPU lacks ends
/// the program.
int WantedBits() {
  const auto bits = static_cast<int>(NumberSetting("PMUBENCH_CODEC_VECTOR_BITS", 0, 0, 2048));
  if (bits == 0) return 0;
  const int before = VectorLength();
  if (before == 0) RefuseSetting("PMUBENCH_CODEC_VECTOR_BITS: this CPU has no SVE; leave it out");
  const int nearest = SetVectorLength(bits);
  SetVectorLength(before);
  if (nearest != bits) {
    RefuseSetting(
        fmt::format("PMUBENCH_CODEC_VECTOR_BITS={}: no such vectors here; give {}", bits, nearest));
  }
  return bits;
}

void Run(benchmark::State& state, const Case& one, const Isa& isa, int bits) {
  const auto size = static_cast<int>(state.range(0));
  Block block(ElementsOf(size));
  Block scalar = block;
  // A thread starts with the vector length of its program, not of its creator.
  const bool sve = UsesSve(isa);
  if (sve && bits != 0) SetVectorLength(bits);
  std::uint32_t result = 0;
  for (auto _ : state) {
    result = one.call(*isa.kernels, block, size);
    benchmark::DoNotOptimize(result);
    benchmark::ClobberMemory();
  }
  const std::uint32_t expected = one.call(*Isas().front().kernels, scalar, size);
  if (result != expected || block.out != scalar.out || block.pixels != scalar.pixels) {
    state.SkipWithError("not what the scalar kernel gives");
  }
  if (sve) state.SetLabel(std::to_string(VectorLength()) + " bits");
}

bool RegisterAll() {
  const int bits = WantedBits();
  for (const Case& one : Cases()) {
    for (const Isa& isa : Isas()) {
      if (!isa.supported() || !one.has(*isa.kernels)) continue;
      auto* benchmark = benchmark::RegisterBenchmark(
          fmt::format("codec/{}/{}", one.name, isa.name).c_str(),
          [&one, &isa, bits](benchmark::State& state) { Run(state, one, isa, bits); });
      for (const int size : one.sizes) benchmark->Arg(size);
    }
  }
  return true;
}

[[maybe_unused]] const bool kRegistered = RegisterAll();

}  // namespace
}  // namespace pmubench::codec
