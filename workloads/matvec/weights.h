// 4-bit weights, 32 of a row under one scale, packed so that a vector's lanes are rows.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pmubench::matvec {

inline constexpr std::size_t kGroup = 32;     ///< weights of a row that share a scale
inline constexpr std::size_t kTileRows = 16;  ///< rows whose weights are interleaved
inline constexpr std::size_t kBlockColumns = 2 * kGroup;

/// 16 rows x 64 weights: 4.5 bits a weight, 9 cache lines. A lane of 32 bits holds four weights of
/// one row, as dot-product instructions take them, so each row's sum stays in its lane: results
/// are the same for every vector length.
struct alignas(64) Block {
  /// bfloat16. Its 8 significant bits times a group's sum (at most 15 bits) are exact in a float,
  /// so that a fused multiply-add gives what a multiplication and an addition give.
  std::uint16_t scale[2][kTileRows];
  /// [group][step][4 row + i]: low half weight 4 step + i of the group, high half 16 + 4 step + i;
  /// each plus 8.
  std::uint8_t pairs[2][4][4 * kTileRows];
};
static_assert(sizeof(Block) == 576);

inline constexpr double kBytesPerWeight =
    static_cast<double>(sizeof(Block)) / (kTileRows * kBlockColumns);

/// A matrix: tiles of 16 rows, one after the other, each of `blocks` blocks.
struct Matrix {
  std::span<const Block> data;
  std::size_t blocks = 0;  ///< of a row

  [[nodiscard]] std::size_t tiles() const { return data.size() / blocks; }
  [[nodiscard]] std::size_t rows() const { return tiles() * kTileRows; }
  [[nodiscard]] std::size_t columns() const { return blocks * kBlockColumns; }
  [[nodiscard]] const Block& At(std::size_t row, std::size_t column) const {
    return data[row / kTileRows * blocks + column / kBlockColumns];
  }
};

/// Sets a weight, -8 to 7, of a tile's row; `column` counts from the block's first.
void SetWeight(Block& block, std::size_t row, std::size_t column, int weight);
[[nodiscard]] int Weight(const Block& block, std::size_t row, std::size_t column);

/// Of the weight at `column`; bfloat16 is the upper half of a float.
[[nodiscard]] inline float Scale(const Block& block, std::size_t row, std::size_t column) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(block.scale[column / kGroup][row]) << 16);
}
[[nodiscard]] inline std::uint16_t ToBfloat16(float value) {  // cuts off
  return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
}

/// Weights of all values, scales of 1/512 to 1/128: the same on every machine for the same seed.
void FillRandomly(std::span<Block> blocks, std::uint64_t seed);

/// The vector: values of -127 to 127 with one scale. For each group also -8 times its sum, which
/// takes the 8 added to each weight out again.
struct Activations {
  std::span<const std::int8_t> values;
  std::span<const std::int32_t> offsets;
  float scale = 1;
};

/// The offsets of `values`, one a group.
void FillOffsets(std::span<const std::int8_t> values, std::span<std::int32_t> offsets);

}  // namespace pmubench::matvec
