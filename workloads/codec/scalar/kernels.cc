// The definition: what every other set must give, bit for bit.
#include "codec/kernels.h"

#include <algorithm>
#include <cstdlib>

#include "codec/dct_basis.h"

namespace pmubench::codec {
namespace {

std::uint32_t CountNonzero(const std::int16_t* levels, std::int64_t n) {
  std::uint32_t count = 0;
  for (std::int64_t i = 0; i < n; ++i) count += levels[i] != 0;
  return count;
}

std::uint32_t Quantise(std::int16_t* out, const std::int16_t* in, const std::uint16_t* scale,
                       const std::uint16_t* bias, std::int64_t n) {
  std::uint32_t count = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto sum = static_cast<std::uint16_t>(std::abs(in[i]) + bias[i]);
    const auto level = static_cast<std::uint16_t>((std::uint32_t{sum} * scale[i]) >> 16);
    out[i] = static_cast<std::int16_t>(in[i] < 0 ? -level : level);
    count += out[i] != 0;
  }
  return count;
}

std::uint32_t Sad16x16(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                       std::ptrdiff_t b_stride) {
  std::uint32_t sum = 0;
  for (int y = 0; y < 16; ++y, a += a_stride, b += b_stride) {
    for (int x = 0; x < 16; ++x) sum += static_cast<std::uint32_t>(std::abs(a[x] - b[x]));
  }
  return sum;
}

/// Eight values in place, `step` apart: sums and differences in three rounds.
void Hadamard8(int* v, int step) {
  for (int span = 1; span < 8; span *= 2) {
    for (int i = 0; i < 8; ++i) {
      if ((i & span) != 0) continue;
      const int low = v[i * step];
      const int high = v[(i + span) * step];
      v[i * step] = low + high;
      v[(i + span) * step] = low - high;
    }
  }
}

std::uint32_t Satd8x8(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                      std::ptrdiff_t b_stride) {
  int block[64];
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) block[8 * y + x] = a[y * a_stride + x] - b[y * b_stride + x];
  }
  for (int i = 0; i < 8; ++i) Hadamard8(block + 8 * i, 1);
  for (int i = 0; i < 8; ++i) Hadamard8(block + i, 8);
  std::uint32_t sum = 0;
  for (const int value : block) sum += static_cast<std::uint32_t>(std::abs(value));
  return (sum + 1) / 2;
}

/// One pass: transforms the rows and writes them as columns, rounded by 2^-shift.
void DctRows(std::int16_t* out, const std::int16_t* in, int shift) {
  for (int y = 0; y < 8; ++y) {
    for (int k = 0; k < 8; ++k) {
      int sum = 1 << (shift - 1);
      for (int x = 0; x < 8; ++x) sum += kBasis<int>[k][x] * in[8 * y + x];
      out[8 * k + y] = static_cast<std::int16_t>(sum >> shift);
    }
  }
}

void Dct8x8(std::int16_t* out, const std::int16_t* in) {
  std::int16_t middle[64];
  DctRows(middle, in, 2);
  DctRows(out, middle, 9);
}

void Interpolate8(std::uint8_t* out, const std::uint8_t* in, const std::int8_t* taps,
                  std::int64_t width) {
  for (std::int64_t x = 0; x < width; ++x) {
    int sum = 32;
    for (int i = 0; i < 8; ++i) sum += taps[i] * in[x + i];
    out[x] = static_cast<std::uint8_t>(std::clamp(sum >> 6, 0, 255));
  }
}

std::int32_t ScanRuns(const std::int16_t* levels, std::int64_t n, std::uint8_t* runs) {
  std::int64_t last = -1;
  for (std::int64_t i = 0; i < n; ++i) {
    if (levels[i] == 0) continue;
    *runs++ = static_cast<std::uint8_t>(i - last - 1);
    last = i;
  }
  return static_cast<std::int32_t>(last);
}

std::uint32_t VlcBits(const std::int16_t* levels, const std::uint32_t* table, std::int64_t n) {
  std::uint32_t bits = 0;
  for (std::int64_t i = 0; i < n; ++i) bits += table[std::min(std::abs(levels[i]), 255)];
  return bits;
}

void Average(std::uint8_t* out, const std::uint8_t* a, const std::uint8_t* b, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>((a[i] + b[i] + 1) >> 1);
}

}  // namespace

extern const Kernels kScalarKernels;
const Kernels kScalarKernels = {CountNonzero, Quantise, Sad16x16, Satd8x8, Dct8x8,
                                Interpolate8, ScanRuns, VlcBits,  Average};

}  // namespace pmubench::codec
