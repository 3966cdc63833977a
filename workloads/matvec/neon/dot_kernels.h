// Four rows a vector, four vectors a tile, over a dot product of four bytes by element. Included
// only by the files that are compiled for one.
//
// Dot has: template <int step> Add(sums, weights, values): adds the products of each lane's four
// weights and the four values of element `step`.
#pragma once

#include <arm_neon.h>

#include "matvec/kernels.h"
#include "matvec/prefetch.h"

namespace pmubench::matvec {
namespace {

template <class Dot, int step>
[[gnu::always_inline]] inline void Step(int32x4_t (&sums)[4], const std::uint8_t* pairs,
                                        int8x16_t first, int8x16_t second) {
#pragma GCC unroll 4
  for (int part = 0; part < 4; ++part) {
    const uint8x16_t both = vld1q_u8(pairs + 64 * step + 16 * part);
    sums[part] = Dot::template Add<step>(sums[part], vandq_u8(both, vdupq_n_u8(15)), first);
    sums[part] = Dot::template Add<step>(sums[part], vshrq_n_u8(both, 4), second);
  }
}

template <class Dot, bool ahead>
void Run(const Matrix& matrix, const Activations& activations, float* y) {
  const Block* block = matrix.data.data();
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile) {
    const std::int8_t* x = activations.values.data();
    const std::int32_t* offset = activations.offsets.data();
    float32x4_t totals[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};
    for (std::size_t b = 0; b < matrix.blocks; ++b, ++block) {
      PrefetchBlock<ahead>(block);
#pragma GCC unroll 2
      for (std::size_t group = 0; group < 2; ++group, x += kGroup, ++offset) {
        const int32x4_t start = vdupq_n_s32(*offset);
        int32x4_t sums[4] = {start, start, start, start};
        const int8x16_t first = vld1q_s8(x);
        const int8x16_t second = vld1q_s8(x + 16);
        const std::uint8_t* pairs = block->pairs[group][0];
        Step<Dot, 0>(sums, pairs, first, second);
        Step<Dot, 1>(sums, pairs, first, second);
        Step<Dot, 2>(sums, pairs, first, second);
        Step<Dot, 3>(sums, pairs, first, second);
#pragma GCC unroll 4
        for (int part = 0; part < 4; ++part) {
          const uint32x4_t scale = vshll_n_u16(vld1_u16(block->scale[group] + 4 * part), 16);
          totals[part] =
              vfmaq_f32(totals[part], vcvtq_f32_s32(sums[part]), vreinterpretq_f32_u32(scale));
        }
      }
    }
    for (int part = 0; part < 4; ++part) {
      vst1q_f32(y + tile * kTileRows + 4 * part, vmulq_n_f32(totals[part], activations.scale));
    }
  }
}

template <class Dot>
inline constexpr Kernel kDotKernels[] = {{"plain", Run<Dot, false>}, {"prefetch", Run<Dot, true>}};

}  // namespace
}  // namespace pmubench::matvec
