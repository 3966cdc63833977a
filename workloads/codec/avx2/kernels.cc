#include "codec/kernels.h"

#include <immintrin.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "codec/dct_basis.h"

namespace pmubench::codec {
namespace {

__m256i Load256(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
__m128i Load128(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }

/// Twice the number of zeros: a bit a byte. Halved once, after the loop.
std::uint64_t ZeroBytes(__m256i v) {
  const auto zeros =
      static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi16(v, _mm256_setzero_si256())));
  return static_cast<std::uint64_t>(__builtin_popcount(zeros));
}

std::uint32_t CountNonzero(const std::int16_t* levels, std::int64_t n) {
  std::uint64_t zeros = 0;
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16) zeros += ZeroBytes(Load256(levels + i));
  auto count = static_cast<std::uint32_t>(i) - static_cast<std::uint32_t>(zeros / 2);
  for (; i < n; ++i) count += levels[i] != 0;
  return count;
}

std::uint32_t Quantise(std::int16_t* out, const std::int16_t* in, const std::uint16_t* scale,
                       const std::uint16_t* bias, std::int64_t n) {
  std::uint64_t zeros = 0;
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const __m256i v = Load256(in + i);
    const __m256i sum = _mm256_add_epi16(_mm256_abs_epi16(v), Load256(bias + i));
    const __m256i level = _mm256_mulhi_epu16(sum, Load256(scale + i));
    // The sign of 0, which would make the level 0, is that of 1.
    const __m256i result = _mm256_sign_epi16(level, _mm256_or_si256(v, _mm256_set1_epi16(1)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), result);
    zeros += ZeroBytes(result);
  }
  auto count = static_cast<std::uint32_t>(i) - static_cast<std::uint32_t>(zeros / 2);
  for (; i < n; ++i) {
    const auto sum = static_cast<std::uint16_t>(std::abs(in[i]) + bias[i]);
    const auto level = static_cast<std::uint16_t>((std::uint32_t{sum} * scale[i]) >> 16);
    out[i] = static_cast<std::int16_t>(in[i] < 0 ? -level : level);
    count += out[i] != 0;
  }
  return count;
}

std::uint32_t Sad16x16(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                       std::ptrdiff_t b_stride) {
  __m256i sum = _mm256_setzero_si256();
  for (int y = 0; y < 16; y += 2, a += 2 * a_stride, b += 2 * b_stride) {
    const __m256i p =
        _mm256_inserti128_si256(_mm256_castsi128_si256(Load128(a)), Load128(a + a_stride), 1);
    const __m256i q =
        _mm256_inserti128_si256(_mm256_castsi128_si256(Load128(b)), Load128(b + b_stride), 1);
    sum = _mm256_add_epi64(sum, _mm256_sad_epu8(p, q));
  }
  const __m128i half = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si64(half) + _mm_extract_epi64(half, 1));
}

/// A round of butterflies between registers `span` apart.
template <int span>
[[gnu::always_inline]] inline void Butterflies(__m128i* v) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    if ((i & span) != 0) continue;
    const __m128i low = v[i];
    v[i] = _mm_add_epi16(low, v[i + span]);
    v[i + span] = _mm_sub_epi16(low, v[i + span]);
  }
}

/// 8x8 words in three rounds.
[[gnu::always_inline]] inline void Transpose(__m128i* v) {
  __m128i pairs[8], quads[8];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    pairs[2 * i] = _mm_unpacklo_epi16(v[i], v[i + 4]);
    pairs[2 * i + 1] = _mm_unpackhi_epi16(v[i], v[i + 4]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    quads[2 * i] = _mm_unpacklo_epi16(pairs[i], pairs[i + 4]);
    quads[2 * i + 1] = _mm_unpackhi_epi16(pairs[i], pairs[i + 4]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    v[2 * i] = _mm_unpacklo_epi16(quads[i], quads[i + 4]);
    v[2 * i + 1] = _mm_unpackhi_epi16(quads[i], quads[i + 4]);
  }
}

/// The last round and the halving at once: |x + y| + |x - y| = 2 max(|x|, |y|).
std::uint32_t Satd8x8(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                      std::ptrdiff_t b_stride) {
  __m128i v[8];
#pragma GCC unroll 8
  for (int y = 0; y < 8; ++y) {
    const auto row = [y](const std::uint8_t* p, std::ptrdiff_t stride) {
      return _mm_cvtepu8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p + y * stride)));
    };
    v[y] = _mm_sub_epi16(row(a, a_stride), row(b, b_stride));
  }
  Butterflies<1>(v);
  Butterflies<2>(v);
  Butterflies<4>(v);
  Transpose(v);
  Butterflies<1>(v);
  Butterflies<2>(v);
  __m128i sum = _mm_setzero_si128();  // at most 4 * 8160 a lane, 16 bits without sign
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    sum = _mm_add_epi16(sum, _mm_max_epi16(_mm_abs_epi16(v[i]), _mm_abs_epi16(v[i + 4])));
  }
  const __m128i ones = _mm_set1_epi16(1);  // at most 32640: positive as a signed word too
  sum = _mm_madd_epi16(sum, ones);
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(sum) + _mm_extract_epi32(sum, 1));
}

/// Rows y and y + 4 of an 8x8 block of words share a register, before and after. pmaddwd sums two
/// neighbours of a row, so pairs of words are transposed, not words.
template <int shift>
void DctPass(__m256i* v) {
  const __m256i a = _mm256_unpacklo_epi32(v[0], v[1]), b = _mm256_unpackhi_epi32(v[0], v[1]);
  const __m256i c = _mm256_unpacklo_epi32(v[2], v[3]), d = _mm256_unpackhi_epi32(v[2], v[3]);
  const __m256i pairs[4] = {_mm256_unpacklo_epi64(a, c), _mm256_unpackhi_epi64(a, c),
                            _mm256_unpacklo_epi64(b, d), _mm256_unpackhi_epi64(b, d)};
  const auto row = [&](int k) {
    __m256i sum = _mm256_set1_epi32(1 << (shift - 1));
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs[j], _mm256_set1_epi32(BasisPair(k, j))));
    }
    return _mm256_srai_epi32(sum, shift);
  };
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) {
    v[k] = _mm256_permute4x64_epi64(_mm256_packs_epi32(row(k), row(k + 4)), 0xD8);
  }
}

void Dct8x8(std::int16_t* out, const std::int16_t* in) {
  __m256i v[4];
#pragma GCC unroll 4
  for (int y = 0; y < 4; ++y) {
    v[y] = _mm256_inserti128_si256(_mm256_castsi128_si256(Load128(in + 8 * y)),
                                   Load128(in + 8 * y + 32), 1);
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

/// pmaddubsw multiplies two neighbouring pixels with two taps, so a vector is interleaved with the
/// one that starts a pixel later. pmulhrsw by 512 is (sum + 32) >> 6.
void Interpolate8(std::uint8_t* out, const std::uint8_t* in, const std::int8_t* taps,
                  std::int64_t width) {
  std::int16_t pairs[4];
  std::memcpy(pairs, taps, sizeof pairs);
  __m128i by[4];
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) by[j] = _mm_set1_epi16(pairs[j]);
  std::int64_t x = 0;
  for (; x + 16 <= width; x += 16) {
    __m128i low = _mm_setzero_si128(), high = low;
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      const __m128i p = Load128(in + x + 2 * j), q = Load128(in + x + 2 * j + 1);
      low = _mm_add_epi16(low, _mm_maddubs_epi16(_mm_unpacklo_epi8(p, q), by[j]));
      high = _mm_add_epi16(high, _mm_maddubs_epi16(_mm_unpackhi_epi8(p, q), by[j]));
    }
    const __m128i round = _mm_set1_epi16(512);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + x),
                     _mm_packus_epi16(_mm_mulhrs_epi16(low, round), _mm_mulhrs_epi16(high, round)));
  }
  for (; x < width; ++x) {
    int sum = 32;
    for (int i = 0; i < 8; ++i) sum += taps[i] * in[x + i];
    out[x] = static_cast<std::uint8_t>(std::clamp(sum >> 6, 0, 255));
  }
}

std::int32_t ScanRuns(const std::int16_t* levels, std::int64_t n, std::uint8_t* runs) {
  std::int64_t last = -1;
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const __m256i zero = _mm256_cmpeq_epi16(Load256(levels + i), _mm256_setzero_si256());
    auto left = ~static_cast<unsigned>(_mm256_movemask_epi8(zero));
    while (left != 0) {  // two bits a level
      const int bit = __builtin_ctz(left);
      const std::int64_t at = i + bit / 2;
      *runs++ = static_cast<std::uint8_t>(at - last - 1);
      last = at;
      left &= ~(3U << bit);
    }
  }
  for (; i < n; ++i) {
    if (levels[i] == 0) continue;
    *runs++ = static_cast<std::uint8_t>(i - last - 1);
    last = i;
  }
  return static_cast<std::int32_t>(last);
}

std::uint32_t VlcBits(const std::int16_t* levels, const std::uint32_t* table, std::int64_t n) {
  __m256i sum = _mm256_setzero_si256();
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256i at = _mm256_min_epu32(
        _mm256_abs_epi32(_mm256_cvtepi16_epi32(Load128(levels + i))), _mm256_set1_epi32(255));
    sum = _mm256_add_epi32(sum, _mm256_i32gather_epi32(reinterpret_cast<const int*>(table), at, 4));
  }
  alignas(32) std::uint32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sum);
  std::uint32_t bits = 0;
  for (const std::uint32_t lane : lanes) bits += lane;
  for (; i < n; ++i) bits += table[std::min(std::abs(levels[i]), 255)];
  return bits;
}

void Average(std::uint8_t* out, const std::uint8_t* a, const std::uint8_t* b, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + 32 <= n; i += 32) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i),
                        _mm256_avg_epu8(Load256(a + i), Load256(b + i)));
  }
  for (; i < n; ++i) out[i] = static_cast<std::uint8_t>((a[i] + b[i] + 1) >> 1);
}

}  // namespace

extern const Kernels kAvx2Kernels;
const Kernels kAvx2Kernels = {CountNonzero, Quantise, Sad16x16, Satd8x8, Dct8x8,
                              Interpolate8, ScanRuns, VlcBits,  Average};

}  // namespace pmubench::codec
