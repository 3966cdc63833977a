// Eight rows a vector, twice. Without VNNI, vpmaddubsw adds pairs of products in 16 bits: eight of
// them, at most 8 x 2 x 15 x 127 = 30480, fit before they are widened.
#include "matvec/kernels.h"

#include <immintrin.h>

#include <cstring>

#include "matvec/prefetch.h"

namespace pmubench::matvec {
namespace {

__m256i Values(const std::int8_t* x) {
  std::int32_t four;
  std::memcpy(&four, x, sizeof four);
  return _mm256_set1_epi32(four);
}

/// Of the rows `half` * 8 to + 7 of a tile.
__m256 Dots(const Block& block, std::size_t group, std::size_t half, const std::int8_t* x,
            std::int32_t offset) {
  const __m256i mask = _mm256_set1_epi8(15);
  __m256i sum = _mm256_setzero_si256();
#pragma GCC unroll 4
  for (std::size_t step = 0; step < 4; ++step) {
    const __m256i pairs =
        _mm256_load_si256(reinterpret_cast<const __m256i*>(block.pairs[group][step] + 32 * half));
    const __m256i low = _mm256_and_si256(pairs, mask);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(pairs, 4), mask);
    sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(low, Values(x + 4 * step)));
    sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(high, Values(x + 16 + 4 * step)));
  }
  const __m256i wide = _mm256_madd_epi16(sum, _mm256_set1_epi16(1));
  return _mm256_cvtepi32_ps(_mm256_add_epi32(wide, _mm256_set1_epi32(offset)));
}

__m256 Scales(const std::uint16_t* scale) {
  const __m128i half = _mm_load_si128(reinterpret_cast<const __m128i*>(scale));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
}

template <bool ahead>
void Run(const Matrix& matrix, const Activations& activations, float* y) {
  const Block* block = matrix.data.data();
  const __m256 scale = _mm256_set1_ps(activations.scale);
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile) {
    const std::int8_t* x = activations.values.data();
    const std::int32_t* offset = activations.offsets.data();
    __m256 first = _mm256_setzero_ps();
    __m256 second = _mm256_setzero_ps();
    for (std::size_t b = 0; b < matrix.blocks; ++b, ++block) {
      PrefetchBlock<ahead>(block);
#pragma GCC unroll 2
      for (std::size_t group = 0; group < 2; ++group, x += kGroup, ++offset) {
        first =
            _mm256_fmadd_ps(Dots(*block, group, 0, x, *offset), Scales(block->scale[group]), first);
        second = _mm256_fmadd_ps(Dots(*block, group, 1, x, *offset),
                                 Scales(block->scale[group] + 8), second);
      }
    }
    _mm256_storeu_ps(y + tile * kTileRows, _mm256_mul_ps(scale, first));
    _mm256_storeu_ps(y + tile * kTileRows + 8, _mm256_mul_ps(scale, second));
  }
}

constexpr Kernel kKernels[] = {{"plain", Run<false>}, {"prefetch", Run<true>}};

}  // namespace

std::span<const Kernel> Avx2Kernels() { return kKernels; }

}  // namespace pmubench::matvec
