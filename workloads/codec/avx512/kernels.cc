// AVX-512 with byte and word masks: a masked load is the tail, as whilelt is for SVE.
#include "codec/kernels.h"

#include <immintrin.h>

#include <cstring>

#include "codec/dct_basis.h"

namespace pmubench::codec {
namespace {

/// Calls step(position, mask) for vectors of `lanes`: the mask of whole ones is a constant, which
/// the compiler leaves out; only that of a rest is computed.
template <std::int64_t lanes, class Mask, class Step>
[[gnu::always_inline]] inline void ForAll(std::int64_t n, const Step& step) {
  const std::int64_t whole = n & -lanes;
  for (std::int64_t i = 0; i < whole; i += lanes) step(i, static_cast<Mask>(-1));
  if (whole < n) step(whole, static_cast<Mask>((Mask{1} << (n % lanes)) - 1));
}

std::uint32_t CountNonzero(const std::int16_t* levels, std::int64_t n) {
  std::uint32_t count = 0;
  ForAll<32, __mmask32>(
      n, [&](std::int64_t i, __mmask32 m) __attribute__((always_inline)) {
        const __m512i v = _mm512_maskz_loadu_epi16(m, levels + i);
        count += static_cast<std::uint32_t>(__builtin_popcount(_mm512_test_epi16_mask(v, v)));
      });
  return count;
}

std::uint32_t Quantise(std::int16_t* out, const std::int16_t* in, const std::uint16_t* scale,
                       const std::uint16_t* bias, std::int64_t n) {
  std::uint32_t count = 0;
  ForAll<32, __mmask32>(
      n, [&](std::int64_t i, __mmask32 m) __attribute__((always_inline)) {
        const __m512i v = _mm512_maskz_loadu_epi16(m, in + i);
        const __m512i sum =
            _mm512_add_epi16(_mm512_abs_epi16(v), _mm512_maskz_loadu_epi16(m, bias + i));
        // A scale of 0 makes lanes beyond the end 0.
        __m512i level = _mm512_mulhi_epu16(sum, _mm512_maskz_loadu_epi16(m, scale + i));
        level =
            _mm512_mask_sub_epi16(level, _mm512_movepi16_mask(v), _mm512_setzero_si512(), level);
        _mm512_mask_storeu_epi16(out + i, m, level);
        count +=
            static_cast<std::uint32_t>(__builtin_popcount(_mm512_test_epi16_mask(level, level)));
      });
  return count;
}

/// Four rows a register.
std::uint32_t Sad16x16(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                       std::ptrdiff_t b_stride) {
  const auto rows = [](const std::uint8_t* p, std::ptrdiff_t stride) {
    const auto row = [&](std::ptrdiff_t y) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + y * stride));
    };
    const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(row(0)), row(1), 1);
    const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(row(2)), row(3), 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
  };
  __m512i sum = _mm512_setzero_si512();
  for (int y = 0; y < 16; y += 4, a += 4 * a_stride, b += 4 * b_stride) {
    sum = _mm512_add_epi64(sum, _mm512_sad_epu8(rows(a, a_stride), rows(b, b_stride)));
  }
  const __m256i half =
      _mm256_add_epi64(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
  const __m128i quarter =
      _mm_add_epi64(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si64(quarter) + _mm_extract_epi64(quarter, 1));
}

/// v[i] and v[i ^ 1] become their sum and their difference, where `partner` is v with the two of
/// each pair swapped and `second` marks the second ones.
__m512i Butterfly(__m512i v, __m512i partner, __mmask32 second) {
  return _mm512_mask_sub_epi16(_mm512_add_epi16(v, partner), second, partner, v);
}

/// Four rows a register, loaded by a gather of 64-bit rows; partners come by shuffles.
std::uint32_t Satd8x8(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                      std::ptrdiff_t b_stride) {
  const __m512i lane = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
  const auto rows = [&](const std::uint8_t* p, std::ptrdiff_t stride) {
    const __m512i at = _mm512_mullox_epi64(lane, _mm512_set1_epi64(stride));
    return _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), 0xFF, at, p, 1);
  };
  const __m512i p = rows(a, a_stride), q = rows(b, b_stride);
  const __m512i low = _mm512_sub_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(p)),
                                       _mm512_cvtepu8_epi16(_mm512_castsi512_si256(q)));
  const __m512i high = _mm512_sub_epi16(_mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(p, 1)),
                                        _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(q, 1)));
  __m512i v[2] = {_mm512_add_epi16(low, high), _mm512_sub_epi16(low, high)};
  const __m512i swap =
      _mm512_set_epi8(13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2, 13, 12, 15, 14, 9, 8,
                      11, 10, 5, 4, 7, 6, 1, 0, 3, 2, 13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1,
                      0, 3, 2, 13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2);
  __m512i sum = _mm512_setzero_si512();
  for (__m512i& x : v) {
    x = Butterfly(x, _mm512_shuffle_i64x2(x, x, 0x4E), 0xFFFF0000);
    x = Butterfly(x, _mm512_shuffle_i64x2(x, x, 0xB1), 0xFF00FF00);
    x = Butterfly(x, _mm512_shuffle_epi32(x, _MM_PERM_BADC), 0xF0F0F0F0);
    x = Butterfly(x, _mm512_shuffle_epi32(x, _MM_PERM_CDAB), 0xCCCCCCCC);
    // |x + y| + |x - y| = 2 max(|x|, |y|), which both lanes of a pair hold.
    const __m512i size = _mm512_abs_epi16(x);
    sum = _mm512_add_epi16(sum, _mm512_max_epi16(size, _mm512_shuffle_epi8(size, swap)));
  }
  alignas(64) std::int32_t lanes[16];
  _mm512_store_si512(lanes, _mm512_madd_epi16(sum, _mm512_set1_epi16(1)));
  std::int32_t twice = 0;
  for (const std::int32_t one : lanes) twice += one;
  return static_cast<std::uint32_t>(twice / 2);
}

/// Rows k and k + 4 of the basis at once, in the halves of a register; rows y and y + 4 of the
/// block share one before and after.
template <int shift>
void DctPass(__m256i* v) {
  const __m256i a = _mm256_unpacklo_epi32(v[0], v[1]), b = _mm256_unpackhi_epi32(v[0], v[1]);
  const __m256i c = _mm256_unpacklo_epi32(v[2], v[3]), d = _mm256_unpackhi_epi32(v[2], v[3]);
  const __m512i pairs[4] = {_mm512_broadcast_i64x4(_mm256_unpacklo_epi64(a, c)),
                            _mm512_broadcast_i64x4(_mm256_unpackhi_epi64(a, c)),
                            _mm512_broadcast_i64x4(_mm256_unpacklo_epi64(b, d)),
                            _mm512_broadcast_i64x4(_mm256_unpackhi_epi64(b, d))};
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) {
    __m512i sum = _mm512_set1_epi32(1 << (shift - 1));
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      const __m512i by = _mm512_inserti64x4(_mm512_set1_epi32(BasisPair(k, j)),
                                            _mm256_set1_epi32(BasisPair(k + 4, j)), 1);
      sum = _mm512_add_epi32(sum, _mm512_madd_epi16(pairs[j], by));
    }
    v[k] = _mm512_cvtepi32_epi16(_mm512_srai_epi32(sum, shift));
  }
}

void Dct8x8(std::int16_t* out, const std::int16_t* in) {
  const auto half = [in](int at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + at));
  };
  __m256i v[4];
#pragma GCC unroll 4
  for (int y = 0; y < 4; ++y) {
    v[y] = _mm256_inserti128_si256(_mm256_castsi128_si256(half(8 * y)), half(8 * y + 32), 1);
  }
  DctPass<2>(v);
  DctPass<9>(v);
#pragma GCC unroll 4
  for (int y = 0; y < 4; ++y) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 8 * y), _mm256_castsi256_si128(v[y]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 8 * y + 32),
                     _mm256_extracti128_si256(v[y], 1));
  }
}

/// As AVX2's, with masks for the end of the row.
void Interpolate8(std::uint8_t* out, const std::uint8_t* in, const std::int8_t* taps,
                  std::int64_t width) {
  std::int16_t pairs[4];
  std::memcpy(pairs, taps, sizeof pairs);
  __m512i by[4];
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) by[j] = _mm512_set1_epi16(pairs[j]);
  const __m512i round = _mm512_set1_epi16(512);
  ForAll<64, __mmask64>(
      width, [&](std::int64_t x, __mmask64 m) __attribute__((always_inline)) {
        __m512i low = _mm512_setzero_si512(), high = low;
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j) {
          const __m512i p = _mm512_maskz_loadu_epi8(m, in + x + 2 * j);
          const __m512i q = _mm512_maskz_loadu_epi8(m, in + x + 2 * j + 1);
          low = _mm512_add_epi16(low, _mm512_maddubs_epi16(_mm512_unpacklo_epi8(p, q), by[j]));
          high = _mm512_add_epi16(high, _mm512_maddubs_epi16(_mm512_unpackhi_epi8(p, q), by[j]));
        }
        _mm512_mask_storeu_epi8(
            out + x, m,
            _mm512_packus_epi16(_mm512_mulhrs_epi16(low, round), _mm512_mulhrs_epi16(high, round)));
      });
}

/// compress packs the positions of levels that are not 0, after which the last one before them
/// stands in the other lanes; each run is the distance to the position before it. `last` is a
/// scalar, and compress does not zero: on Zen 4 it waits for what its register held before.
std::int32_t ScanRuns(const std::int16_t* levels, std::int64_t n, std::uint8_t* runs) {
  std::int32_t last = -1;
  __m512i position = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  ForAll<16, __mmask16>(
      n, [&](std::int64_t i, __mmask16 m) __attribute__((always_inline)) {
        const __m256i v = _mm256_maskz_loadu_epi16(m, levels + i);
        const std::uint32_t set = _mm256_test_epi16_mask(v, v);
        const __m512i old = _mm512_set1_epi32(last);
        const __m512i packed =
            _mm512_mask_compress_epi32(old, static_cast<__mmask16>(set), position);
        const __m512i before = _mm512_alignr_epi32(packed, old, 15);
        // a - b - 1 is a + ~b.
        const __m512i run =
            _mm512_add_epi32(packed, _mm512_xor_si512(before, _mm512_set1_epi32(-1)));
        _mm512_mask_cvtepi32_storeu_epi8(runs, _mm512_cmpgt_epi32_mask(packed, old), run);
        runs += __builtin_popcount(set);
        if (set != 0) last = static_cast<std::int32_t>(i) + (__builtin_clz(set) ^ 31);
        position = _mm512_add_epi32(position, _mm512_set1_epi32(16));
      });
  return last;
}

std::uint32_t VlcBits(const std::int16_t* levels, const std::uint32_t* table, std::int64_t n) {
  __m512i sum = _mm512_setzero_si512();
  ForAll<16, __mmask16>(
      n, [&](std::int64_t i, __mmask16 m) __attribute__((always_inline)) {
        const __m512i wide = _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(m, levels + i));
        const __m512i at = _mm512_min_epu32(_mm512_abs_epi32(wide), _mm512_set1_epi32(255));
        sum = _mm512_add_epi32(
            sum, _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), m, at, table, 4));
      });
  const __m256i half =
      _mm256_add_epi32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
  __m128i quarter = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  quarter = _mm_add_epi32(quarter, _mm_shuffle_epi32(quarter, 0x4E));
  quarter = _mm_add_epi32(quarter, _mm_shuffle_epi32(quarter, 0xB1));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(quarter));
}

void Average(std::uint8_t* out, const std::uint8_t* a, const std::uint8_t* b, std::int64_t n) {
  ForAll<64, __mmask64>(
      n, [&](std::int64_t i, __mmask64 m) __attribute__((always_inline)) {
        _mm512_mask_storeu_epi8(
            out + i, m,
            _mm512_avg_epu8(_mm512_maskz_loadu_epi8(m, a + i), _mm512_maskz_loadu_epi8(m, b + i)));
      });
}

}  // namespace

extern const Kernels kAvx512Kernels;
const Kernels kAvx512Kernels = {CountNonzero, Quantise, Sad16x16, Satd8x8, Dct8x8,
                                Interpolate8, ScanRuns, VlcBits,  Average};

}  // namespace pmubench::codec
