// Eight kernels of video coding and pixel averaging, once for each instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pmubench::codec {

/// Pictures are 8 bit, levels (quantised coefficients) 16 bit. Pointers need no alignment; nothing
/// outside the named elements is read or written.
struct Kernels {
  /// How many of `n` levels are not 0.
  std::uint32_t (*count_nonzero)(const std::int16_t* levels, std::int64_t n);

  /// out = sign(in) * ((|in| + bias) * scale >> 16), all 16 bit unsigned inside; gives the number
  /// of results that are not 0. |in| + bias must stay below 65536; in is not -32768.
  std::uint32_t (*quantise)(std::int16_t* out, const std::int16_t* in, const std::uint16_t* scale,
                            const std::uint16_t* bias, std::int64_t n);

  /// Sum of absolute differences of a 16x16 block.
  std::uint32_t (*sad16x16)(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                            std::ptrdiff_t b_stride);

  /// Sum of absolute values of the 8x8 Hadamard transform of a difference, halved and rounded up.
  std::uint32_t (*satd8x8)(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                           std::ptrdiff_t b_stride);

  /// Forward integer cosine transform 8x8 (coefficients of H.265), rows then columns, 64
  /// differences in, 64 coefficients out; `in` within [-255, 255].
  void (*dct8x8)(std::int16_t* out, const std::int16_t* in);

  /// Horizontal 8-tap filter of one row: out[x] = clip((sum of taps[i] * in[x + i] + 32) >> 6);
  /// reads in[0 .. width + 7). The taps sum to 64, their absolute values to at most 128: sums of
  /// pixels then fit 16 bits.
  void (*interpolate8)(std::uint8_t* out, const std::uint8_t* in, const std::int8_t* taps,
                       std::int64_t width);

  /// Position of the last level that is not 0 (-1: none), and before each such level how many 0
  /// stand: `runs` gets one entry for each, `n` places are there.
  std::int32_t (*scan_runs)(const std::int16_t* levels, std::int64_t n, std::uint8_t* runs);

  /// Sum of table[min(|level|, 255)]: the bits a table of variable-length codes takes.
  std::uint32_t (*vlc_bits)(const std::int16_t* levels, const std::uint32_t* table, std::int64_t n);

  /// out = (a + b + 1) / 2 for `n` pixels, any number.
  void (*average)(std::uint8_t* out, const std::uint8_t* a, const std::uint8_t* b, std::int64_t n);
};

/// The kernels of one instruction set; a null pointer where it has none of its own yet.
struct Isa {
  const char* name;
  bool (*supported)();
  const Kernels* kernels;
};

/// Compiled for this architecture, the simplest ("scalar") first.
[[nodiscard]] std::span<const Isa> Isas();

/// Bits of an SVE vector here; 0 without SVE.
[[nodiscard]] int VectorLength();

}  // namespace pmubench::codec
