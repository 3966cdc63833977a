// The calls that are measured: every kernel on a block of fixed data, at a few sizes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/kernels.h"

namespace pmubench::codec {

/// Inputs of a block of `n` levels or pixels, three of four levels 0, and places for results. The
/// same on every machine: std::mt19937 is fixed by the standard.
struct Block {
  explicit Block(std::size_t n);
  std::vector<std::int16_t> levels;
  std::vector<std::uint16_t> scale, bias;
  std::vector<std::int16_t> residual;  ///< of 8x8 pixels
  std::vector<std::uint8_t> a, b;      ///< pixels; 7 more than n
  std::vector<std::uint32_t> table;
  std::vector<std::int16_t> out;
  std::vector<std::uint8_t> pixels;
};

/// One kernel, called with a block's data.
struct Case {
  const char* name;
  bool (*has)(const Kernels&);
  std::uint32_t (*call)(const Kernels&, Block&, std::int64_t size);
  std::span<const int> sizes;  ///< edges of a block, or the width of a row (interpolate8)
};

[[nodiscard]] std::span<const Case> Cases();

/// Elements that a case of this size uses.
[[nodiscard]] inline std::size_t ElementsOf(int size) {
  const auto edge = static_cast<std::size_t>(size < 16 ? 16 : size);
  return edge * edge;
}

}  // namespace pmubench::codec
