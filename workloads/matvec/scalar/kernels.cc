// The definition: what every other kernel must give, bit for bit.
#include "matvec/kernels.h"

namespace pmubench::matvec {
namespace {

/// Sum of weight * value over one group of one row, less the 8 added to each weight.
std::int32_t Dot(const Block& block, std::size_t group, std::size_t row, const std::int8_t* x,
                 std::int32_t offset) {
  std::int32_t sum = offset;
  for (std::size_t step = 0; step < 4; ++step) {
    const std::uint8_t* pairs = &block.pairs[group][step][4 * row];
    for (std::size_t i = 0; i < 4; ++i) {
      sum += (pairs[i] & 15) * x[4 * step + i] + (pairs[i] >> 4) * x[16 + 4 * step + i];
    }
  }
  return sum;
}

void Run(const Matrix& matrix, const Activations& activations, float* y) {
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile) {
    float sums[kTileRows] = {};
    for (std::size_t b = 0; b < matrix.blocks; ++b) {
      const Block& block = matrix.data[tile * matrix.blocks + b];
      for (std::size_t group = 0; group < 2; ++group) {
        const std::size_t at = 2 * b + group;
        for (std::size_t row = 0; row < kTileRows; ++row) {
          const std::int32_t dot =
              Dot(block, group, row, &activations.values[at * kGroup], activations.offsets[at]);
          sums[row] += Scale(block, row, group * kGroup) * static_cast<float>(dot);
        }
      }
    }
    for (std::size_t row = 0; row < kTileRows; ++row) {
      y[tile * kTileRows + row] = activations.scale * sums[row];
    }
  }
}

constexpr Kernel kKernels[] = {{"plain", Run}};

}  // namespace

std::span<const Kernel> ScalarKernels() { return kKernels; }

}  // namespace pmubench::matvec
