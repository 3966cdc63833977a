// A tile's 16 rows are the 16 lanes; vpdpbusd takes four unsigned weights by four signed values.
#include "matvec/kernels.h"

#include <immintrin.h>

#include <cstring>

#include "matvec/prefetch.h"

namespace pmubench::matvec {
namespace {

/// Four values in every lane.
__m512i Values(const std::int8_t* x) {
  std::int32_t four;
  std::memcpy(&four, x, sizeof four);
  return _mm512_set1_epi32(four);
}

/// Two sums, because each instruction waits for the one before it.
__m512i Dots(const Block& block, std::size_t group, const std::int8_t* x, std::int32_t offset) {
  const __m512i mask = _mm512_set1_epi8(15);
  __m512i low = _mm512_set1_epi32(offset);
  __m512i high = _mm512_setzero_si512();
#pragma GCC unroll 4
  for (std::size_t step = 0; step < 4; ++step) {
    const __m512i pairs = _mm512_load_si512(block.pairs[group][step]);
    low = _mm512_dpbusd_epi32(low, _mm512_and_si512(pairs, mask), Values(x + 4 * step));
    high = _mm512_dpbusd_epi32(high, _mm512_and_si512(_mm512_srli_epi16(pairs, 4), mask),
                               Values(x + 16 + 4 * step));
  }
  return _mm512_add_epi32(low, high);
}

__m512 Scales(const std::uint16_t* scale) {
  const __m256i half = _mm256_load_si256(reinterpret_cast<const __m256i*>(scale));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

template <bool ahead>
void Run(const Matrix& matrix, const Activations& activations, float* y) {
  const Block* block = matrix.data.data();
  const __m512 scale = _mm512_set1_ps(activations.scale);
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile) {
    const std::int8_t* x = activations.values.data();
    const std::int32_t* offset = activations.offsets.data();
    __m512 sum = _mm512_setzero_ps();
    for (std::size_t b = 0; b < matrix.blocks; ++b, ++block, x += kBlockColumns, offset += 2) {
      PrefetchBlock<ahead>(block);
      sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(Dots(*block, 0, x, offset[0])),
                            Scales(block->scale[0]), sum);
      sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(Dots(*block, 1, x + kGroup, offset[1])),
                            Scales(block->scale[1]), sum);
    }
    _mm512_storeu_ps(y + tile * kTileRows, _mm512_mul_ps(scale, sum));
  }
}

constexpr Kernel kKernels[] = {{"plain", Run<false>}, {"prefetch", Run<true>}};

}  // namespace

std::span<const Kernel> Avx512Kernels() { return kKernels; }

}  // namespace pmubench::matvec
