#include "matvec/weights.h"

#include <cassert>
#include <cstring>

namespace pmubench::matvec {
namespace {

/// splitmix64: fills hundreds of MiB in a moment, which std::mt19937 does not.
std::uint64_t Next(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

struct Place {
  std::size_t group, step, byte;
  int shift;
};

Place PlaceOf(std::size_t row, std::size_t column) {
  const std::size_t within = column % kGroup;
  return {column / kGroup, within % 16 / 4, 4 * row + within % 4, within < 16 ? 0 : 4};
}

}  // namespace

void SetWeight(Block& block, std::size_t row, std::size_t column, int weight) {
  assert(weight >= -8 && weight <= 7);
  const Place place = PlaceOf(row, column);
  std::uint8_t& pair = block.pairs[place.group][place.step][place.byte];
  pair = static_cast<std::uint8_t>((pair & (0xF0 >> place.shift)) | ((weight + 8) << place.shift));
}

int Weight(const Block& block, std::size_t row, std::size_t column) {
  const Place place = PlaceOf(row, column);
  return (block.pairs[place.group][place.step][place.byte] >> place.shift & 15) - 8;
}

void FillRandomly(std::span<Block> blocks, std::uint64_t seed) {
  for (Block& block : blocks) {
    for (auto& row : block.scale) {
      for (std::uint16_t& scale : row) {
        scale = ToBfloat16(static_cast<float>(4 + Next(seed) % 12) / 2048);
      }
    }
    for (std::size_t at = 0; at < sizeof block.pairs; at += 8) {
      const std::uint64_t bits = Next(seed);
      std::memcpy(&block.pairs[0][0][0] + at, &bits, sizeof bits);
    }
  }
}

void FillOffsets(std::span<const std::int8_t> values, std::span<std::int32_t> offsets) {
  assert(values.size() == offsets.size() * kGroup);
  for (std::size_t group = 0; group < offsets.size(); ++group) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < kGroup; ++i) sum += values[group * kGroup + i];
    offsets[group] = -8 * sum;
  }
}

}  // namespace pmubench::matvec
