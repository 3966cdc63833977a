// Armv8.0 NEON.
#include "codec/kernels.h"

#include <arm_neon.h>

#include <algorithm>
#include <cstdlib>

namespace pmubench::codec {
namespace {

/// cmtst gives -1 for each level that is not 0: subtracting counts them in the lanes.
std::uint32_t CountNonzero(const std::int16_t* levels, std::int64_t n) {
  std::uint32_t count = 0;
  std::int64_t i = 0;
  const auto set = [&](std::int64_t at) {
    const int16x8_t v = vld1q_s16(levels + at);
    return vreinterpretq_s16_u16(vtstq_s16(v, v));
  };
  while (i + 16 <= n) {
    int16x8_t lanes = vdupq_n_s16(0);
    // A lane holds 32767 counts, two a turn.
    for (const std::int64_t end = std::min(n, i + 16 * 16383); i + 16 <= end; i += 16) {
      lanes = vsubq_s16(lanes, vaddq_s16(set(i), set(i + 8)));
    }
    count += static_cast<std::uint32_t>(vaddlvq_s16(lanes));
  }
  for (; i < n; ++i) count += levels[i] != 0;
  return count;
}

std::uint32_t Quantise(std::int16_t* out, const std::int16_t* in, const std::uint16_t* scale,
                       const std::uint16_t* bias, std::int64_t n) {
  std::int32_t count = 0;
  int32x4_t lanes = vdupq_n_s32(0);
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const int16x8_t v = vld1q_s16(in + i);
    const uint16x8_t sum = vaddq_u16(vreinterpretq_u16_s16(vabsq_s16(v)), vld1q_u16(bias + i));
    const uint16x8_t by = vld1q_u16(scale + i);
    const uint32x4_t low = vmull_u16(vget_low_u16(sum), vget_low_u16(by));
    const uint16x8_t level = vshrn_high_n_u32(vshrn_n_u32(low, 16), vmull_high_u16(sum, by), 16);
    const int16x8_t sign = vshrq_n_s16(v, 15);
    const int16x8_t result = vsubq_s16(veorq_s16(vreinterpretq_s16_u16(level), sign), sign);
    vst1q_s16(out + i, result);
    lanes = vpadalq_s16(lanes, vreinterpretq_s16_u16(vtstq_s16(result, result)));
  }
  count = -vaddvq_s32(lanes);
  for (; i < n; ++i) {
    const auto sum = static_cast<std::uint16_t>(std::abs(in[i]) + bias[i]);
    const auto level = static_cast<std::uint16_t>((std::uint32_t{sum} * scale[i]) >> 16);
    out[i] = static_cast<std::int16_t>(in[i] < 0 ? -level : level);
    count += out[i] != 0;
  }
  return static_cast<std::uint32_t>(count);
}

std::uint32_t Sad16x16(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                       std::ptrdiff_t b_stride) {
  uint16x8_t low = vdupq_n_u16(0);  // at most 16 * 255 a lane
  uint16x8_t high = low;
  for (int y = 0; y < 16; ++y, a += a_stride, b += b_stride) {
    const uint8x16_t p = vld1q_u8(a);
    const uint8x16_t q = vld1q_u8(b);
    low = vabal_u8(low, vget_low_u8(p), vget_low_u8(q));
    high = vabal_high_u8(high, p, q);
  }
  return vaddlvq_u16(low) + vaddlvq_u16(high);
}

/// A round of butterflies between registers `span` apart.
template <int span>
[[gnu::always_inline]] inline void Butterflies(int16x8_t* v) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    if ((i & span) != 0) continue;
    const int16x8_t low = v[i];
    v[i] = vaddq_s16(low, v[i + span]);
    v[i + span] = vsubq_s16(low, v[i + span]);
  }
}

/// 8x8 in three rounds: trn of 16, 32 and 64 bits.
[[gnu::always_inline]] inline void Transpose(int16x8_t* v) {
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2) {
    const int16x8_t low = v[i];
    v[i] = vtrn1q_s16(low, v[i + 1]);
    v[i + 1] = vtrn2q_s16(low, v[i + 1]);
  }
#pragma GCC unroll 4
  for (const int i : {0, 1, 4, 5}) {
    const int32x4_t low = vreinterpretq_s32_s16(v[i]);
    const int32x4_t high = vreinterpretq_s32_s16(v[i + 2]);
    v[i] = vreinterpretq_s16_s32(vtrn1q_s32(low, high));
    v[i + 2] = vreinterpretq_s16_s32(vtrn2q_s32(low, high));
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const int64x2_t low = vreinterpretq_s64_s16(v[i]);
    const int64x2_t high = vreinterpretq_s64_s16(v[i + 4]);
    v[i] = vreinterpretq_s16_s64(vtrn1q_s64(low, high));
    v[i + 4] = vreinterpretq_s16_s64(vtrn2q_s64(low, high));
  }
}

/// The last round is not done: |x + y| + |x - y| is twice the larger of |x| and |y|, which also
/// does the halving.
std::uint32_t Satd8x8(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                      std::ptrdiff_t b_stride) {
  int16x8_t v[8];
#pragma GCC unroll 8
  for (int y = 0; y < 8; ++y) {
    v[y] = vreinterpretq_s16_u16(vsubl_u8(vld1_u8(a + y * a_stride), vld1_u8(b + y * b_stride)));
  }
  Butterflies<1>(v);
  Butterflies<2>(v);
  Butterflies<4>(v);
  Transpose(v);
  Butterflies<1>(v);
  Butterflies<2>(v);
  uint16x8_t sum = vdupq_n_u16(0);  // at most 4 * 8160 a lane
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    sum = vaddq_u16(sum, vreinterpretq_u16_s16(vmaxq_s16(vabsq_s16(v[i]), vabsq_s16(v[i + 4]))));
  }
  return vaddlvq_u16(sum);
}

/// Four columns of one pass, by the symmetry of even and odd rows of the basis. In 32 bits: sums of
/// the second pass do not fit 16.
template <int shift>
[[gnu::always_inline]] inline void DctColumns(int16x4_t* out, const int16x4_t* in) {
  int32x4_t e[4];
  int32x4_t o[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i)
    e[i] = vaddl_s16(in[i], in[7 - i]), o[i] = vsubl_s16(in[i], in[7 - i]);
  const int32x4_t ee0 = vaddq_s32(e[0], e[3]), eo0 = vsubq_s32(e[0], e[3]);
  const int32x4_t ee1 = vaddq_s32(e[1], e[2]), eo1 = vsubq_s32(e[1], e[2]);
  out[0] = vrshrn_n_s32(vshlq_n_s32(vaddq_s32(ee0, ee1), 6), shift);
  out[4] = vrshrn_n_s32(vshlq_n_s32(vsubq_s32(ee0, ee1), 6), shift);
  out[2] = vrshrn_n_s32(vmlaq_n_s32(vmulq_n_s32(eo0, 83), eo1, 36), shift);
  out[6] = vrshrn_n_s32(vmlsq_n_s32(vmulq_n_s32(eo0, 36), eo1, 83), shift);
  static constexpr int kOdd[4][4] = {
      {89, 75, 50, 18}, {75, -18, -89, -50}, {50, -89, 18, 75}, {18, -50, 75, -89}};
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) {
    int32x4_t sum = vmulq_n_s32(o[0], kOdd[k][0]);
#pragma GCC unroll 3
    for (int i = 1; i < 4; ++i) {
      // Only the four positive factors: negative ones would be more registers.
      sum =
          kOdd[k][i] < 0 ? vmlsq_n_s32(sum, o[i], -kOdd[k][i]) : vmlaq_n_s32(sum, o[i], kOdd[k][i]);
    }
    out[2 * k + 1] = vrshrn_n_s32(sum, shift);
  }
}

template <int shift>
[[gnu::always_inline]] inline void DctPass(int16x8_t* v) {
  Transpose(v);
  int16x4_t low[8], high[8], out_low[8], out_high[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) low[i] = vget_low_s16(v[i]), high[i] = vget_high_s16(v[i]);
  DctColumns<shift>(out_low, low);
  DctColumns<shift>(out_high, high);
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) v[i] = vcombine_s16(out_low[i], out_high[i]);
}

void Dct8x8(std::int16_t* out, const std::int16_t* in) {
  int16x8_t v[8];
#pragma GCC unroll 8
  for (int y = 0; y < 8; ++y) v[y] = vld1q_s16(in + 8 * y);
  DctPass<2>(v);
  DctPass<9>(v);
#pragma GCC unroll 8
  for (int y = 0; y < 8; ++y) vst1q_s16(out + 8 * y, v[y]);
}

void Interpolate8(std::uint8_t* out, const std::uint8_t* in, const std::int8_t* taps,
                  std::int64_t width) {
  const int16x8_t by = vmovl_s8(vld1_s8(taps));
  std::int64_t x = 0;
  for (; x + 8 <= width; x += 8) {
    // 15 bytes may be read, so the second load starts one early and is moved down.
    const uint8x8_t end =
        vreinterpret_u8_u64(vshr_n_u64(vreinterpret_u64_u8(vld1_u8(in + x + 7)), 8));
    const int16x8_t low = vreinterpretq_s16_u16(vmovl_u8(vld1_u8(in + x)));
    const int16x8_t high = vreinterpretq_s16_u16(vmovl_u8(end));
    int16x8_t sum = vmulq_laneq_s16(low, by, 0);
    sum = vmlaq_laneq_s16(sum, vextq_s16(low, high, 1), by, 1);
    sum = vmlaq_laneq_s16(sum, vextq_s16(low, high, 2), by, 2);
    sum = vmlaq_laneq_s16(sum, vextq_s16(low, high, 3), by, 3);
    sum = vmlaq_laneq_s16(sum, vextq_s16(low, high, 4), by, 4);
    sum = vmlaq_laneq_s16(sum, vextq_s16(low, high, 5), by, 5);
    sum = vmlaq_laneq_s16(sum, vextq_s16(low, high, 6), by, 6);
    sum = vmlaq_laneq_s16(sum, vextq_s16(low, high, 7), by, 7);
    vst1_u8(out + x, vqrshrun_n_s16(sum, 6));
  }
  for (; x < width; ++x) {
    int sum = 32;
    for (int i = 0; i < 8; ++i) sum += taps[i] * in[x + i];
    out[x] = static_cast<std::uint8_t>(std::clamp(sum >> 6, 0, 255));
  }
}

/// A byte of ones for each level that is not 0; the positions leave it one by one.
std::int32_t ScanRuns(const std::int16_t* levels, std::int64_t n, std::uint8_t* runs) {
  std::int64_t last = -1;
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const int16x8_t v = vld1q_s16(levels + i);
    auto left = vget_lane_u64(vreinterpret_u64_u8(vmovn_u16(vtstq_s16(v, v))), 0);
    while (left != 0) {
      const int bit = __builtin_ctzll(left);
      const std::int64_t at = i + bit / 8;
      *runs++ = static_cast<std::uint8_t>(at - last - 1);
      last = at;
      left &= ~(std::uint64_t{255} << bit);
    }
  }
  for (; i < n; ++i) {
    if (levels[i] == 0) continue;
    *runs++ = static_cast<std::uint8_t>(i - last - 1);
    last = i;
  }
  return static_cast<std::int32_t>(last);
}

/// No gather: the indices leave the vector one by one.
std::uint32_t VlcBits(const std::int16_t* levels, const std::uint32_t* table, std::int64_t n) {
  std::uint32_t bits = 0;
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const uint16x8_t at =
        vminq_u16(vreinterpretq_u16_s16(vabsq_s16(vld1q_s16(levels + i))), vdupq_n_u16(255));
    bits += table[vgetq_lane_u16(at, 0)] + table[vgetq_lane_u16(at, 1)] +
            table[vgetq_lane_u16(at, 2)] + table[vgetq_lane_u16(at, 3)] +
            table[vgetq_lane_u16(at, 4)] + table[vgetq_lane_u16(at, 5)] +
            table[vgetq_lane_u16(at, 6)] + table[vgetq_lane_u16(at, 7)];
  }
  for (; i < n; ++i) bits += table[std::min(std::abs(levels[i]), 255)];
  return bits;
}

void Average(std::uint8_t* out, const std::uint8_t* a, const std::uint8_t* b, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16) vst1q_u8(out + i, vrhaddq_u8(vld1q_u8(a + i), vld1q_u8(b + i)));
  if (i + 8 <= n) {
    vst1_u8(out + i, vrhadd_u8(vld1_u8(a + i), vld1_u8(b + i)));
    i += 8;
  }
  for (; i < n; ++i) out[i] = static_cast<std::uint8_t>((a[i] + b[i] + 1) >> 1);
}

}  // namespace

extern const Kernels kNeonKernels;
const Kernels kNeonKernels = {CountNonzero, Quantise, Sad16x16, Satd8x8, Dct8x8,
                              Interpolate8, ScanRuns, VlcBits,  Average};

}  // namespace pmubench::codec
