// NEON with the dot product (udot, sdot), where it helps; the rest stays with Armv8.0's kernels.
#include <arm_neon.h>

#include <algorithm>

#include "codec/kernels.h"

namespace pmubench::codec {
namespace {

std::uint32_t Sad16x16(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                       std::ptrdiff_t b_stride) {
  uint32x4_t even = vdupq_n_u32(0);
  uint32x4_t odd = even;
  const uint8x16_t one = vdupq_n_u8(1);
  for (int y = 0; y < 16; y += 2, a += 2 * a_stride, b += 2 * b_stride) {
    even = vdotq_u32(even, vabdq_u8(vld1q_u8(a), vld1q_u8(b)), one);
    odd = vdotq_u32(odd, vabdq_u8(vld1q_u8(a + a_stride), vld1q_u8(b + b_stride)), one);
  }
  return vaddvq_u32(vaddq_u32(even, odd));
}

/// Four neighbouring pixels a 32-bit lane. sdot has signed pixels: 128 less each, so 64 * 128 less
/// in the sum of taps that sum to 64.
void Interpolate8(std::uint8_t* out, const std::uint8_t* in, const std::int8_t* taps,
                  std::int64_t width) {
  static constexpr std::uint8_t kWindows[3][16] = {
      {0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6},
      {4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10},
      {8, 9, 10, 11, 9, 10, 11, 12, 10, 11, 12, 13, 11, 12, 13, 14}};
  const uint8x16_t windows[3] = {vld1q_u8(kWindows[0]), vld1q_u8(kWindows[1]),
                                 vld1q_u8(kWindows[2])};
  const int8x8_t by = vld1_s8(taps);
  const int32x4_t bias = vdupq_n_s32(64 * 128);
  std::int64_t x = 0;
  for (; x + 8 <= width; x += 8) {
    // 15 bytes may be read, so the second load starts one early and is moved down.
    const uint8x8_t end =
        vreinterpret_u8_u64(vshr_n_u64(vreinterpret_u64_u8(vld1_u8(in + x + 7)), 8));
    const uint8x16_t pixels = vcombine_u8(vld1_u8(in + x), end);
    const int8x16_t centred = vreinterpretq_s8_u8(veorq_u8(pixels, vdupq_n_u8(128)));
    const int8x16_t first = vqtbl1q_s8(centred, windows[0]);
    const int8x16_t middle = vqtbl1q_s8(centred, windows[1]);
    const int8x16_t second = vqtbl1q_s8(centred, windows[2]);
    const int32x4_t low = vdotq_lane_s32(vdotq_lane_s32(bias, first, by, 0), middle, by, 1);
    const int32x4_t high = vdotq_lane_s32(vdotq_lane_s32(bias, middle, by, 0), second, by, 1);
    vst1_u8(out + x, vqrshrun_n_s16(vcombine_s16(vmovn_s32(low), vmovn_s32(high)), 6));
  }
  for (; x < width; ++x) {
    int sum = 32;
    for (int i = 0; i < 8; ++i) sum += taps[i] * in[x + i];
    out[x] = static_cast<std::uint8_t>(std::clamp(sum >> 6, 0, 255));
  }
}

}  // namespace

extern const Kernels kNeonDotprodKernels;
const Kernels kNeonDotprodKernels = {nullptr,      nullptr, Sad16x16, nullptr, nullptr,
                                     Interpolate8, nullptr, nullptr,  nullptr};

}  // namespace pmubench::codec
