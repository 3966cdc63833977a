// For vectors of any length. Up to 896 bits the 16 rows of a tile take one, two or four vectors;
// longer ones hold them for several steps at once, whose sums are added at the end of a group.
#include "matvec/kernels.h"

#include <arm_sve.h>

#include "matvec/prefetch.h"

namespace pmubench::matvec {
namespace {

/// Low and high halves of the bytes: 0 to 15 are the same as signed bytes.
svint8_t Low(svuint8_t pairs) { return svreinterpret_s8_u8(svand_n_u8_x(svptrue_b8(), pairs, 15)); }
svint8_t High(svuint8_t pairs) { return svreinterpret_s8_u8(svlsr_n_u8_x(svptrue_b8(), pairs, 4)); }

/// total + scale * dots in the active lanes.
svfloat32_t AddScaled(svbool_t rows, svfloat32_t total, svint32_t dots,
                      const std::uint16_t* scale) {
  const svuint32_t bits = svlsl_n_u32_x(rows, svld1uh_u32(rows, scale), 16);
  return svmla_f32_x(rows, total, svcvt_f32_s32_x(rows, dots), svreinterpret_f32_u32(bits));
}

/// Lanes of the vector that starts with the row `first`. Where it takes four, each is full.
template <int vectors>
svbool_t RowsFrom(std::size_t first) {
  if constexpr (vectors == 4) return svptrue_b32();
  return svwhilelt_b32(static_cast<std::int64_t>(first), std::int64_t{kTileRows});
}
template <int vectors>
svbool_t BytesFrom(std::size_t first) {
  if constexpr (vectors == 4) return svptrue_b8();
  return svwhilelt_b8(static_cast<std::int64_t>(4 * first), std::int64_t{4 * kTileRows});
}

/// One group's share of the rows from `first`. `low` and `high` hold 16 values in every 128 bits.
template <int vectors>
svfloat32_t AddGroup(svfloat32_t total, std::size_t first, const Block& block, std::size_t group,
                     svint8_t low, svint8_t high, std::int32_t offset) {
  const svbool_t bytes = BytesFrom<vectors>(first);
  const std::uint8_t* pairs = block.pairs[group][0] + 4 * first;
  const svuint8_t step0 = svld1_u8(bytes, pairs);
  const svuint8_t step1 = svld1_u8(bytes, pairs + 64);
  const svuint8_t step2 = svld1_u8(bytes, pairs + 128);
  const svuint8_t step3 = svld1_u8(bytes, pairs + 192);
  svint32_t dots = svdup_s32(offset);
  dots = svdot_lane_s32(dots, Low(step0), low, 0);
  dots = svdot_lane_s32(dots, High(step0), high, 0);
  dots = svdot_lane_s32(dots, Low(step1), low, 1);
  dots = svdot_lane_s32(dots, High(step1), high, 1);
  dots = svdot_lane_s32(dots, Low(step2), low, 2);
  dots = svdot_lane_s32(dots, High(step2), high, 2);
  dots = svdot_lane_s32(dots, Low(step3), low, 3);
  dots = svdot_lane_s32(dots, High(step3), high, 3);
  return AddScaled(RowsFrom<vectors>(first), total, dots, block.scale[group] + first);
}

template <int vectors>
void StoreRows(float* y, std::size_t first, svfloat32_t total, float scale) {
  const svbool_t rows = RowsFrom<vectors>(first);
  svst1_f32(rows, y + first, svmul_n_f32_x(rows, total, scale));
}

/// Vectors of an array have no size that a compiler knows, hence the four names.
template <int vectors, bool ahead>
void RunShort(const Matrix& matrix, const Activations& activations, float* y) {
  const std::size_t lanes = svcntw();
  const Block* block = matrix.data.data();
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile, y += kTileRows) {
    const std::int8_t* x = activations.values.data();
    const std::int32_t* offset = activations.offsets.data();
    svfloat32_t total0 = svdup_f32(0);
    svfloat32_t total1 = total0;
    svfloat32_t total2 = total0;
    svfloat32_t total3 = total0;
    for (std::size_t b = 0; b < matrix.blocks; ++b, ++block) {
      PrefetchBlock<ahead>(block);
      for (std::size_t group = 0; group < 2; ++group, x += kGroup, ++offset) {
        const svint8_t low = svld1rq_s8(svptrue_b8(), x);
        const svint8_t high = svld1rq_s8(svptrue_b8(), x + 16);
        total0 = AddGroup<vectors>(total0, 0, *block, group, low, high, *offset);
        if constexpr (vectors > 1) {
          total1 = AddGroup<vectors>(total1, lanes, *block, group, low, high, *offset);
        }
        if constexpr (vectors > 2) {
          total2 = AddGroup<vectors>(total2, 2 * lanes, *block, group, low, high, *offset);
          total3 = AddGroup<vectors>(total3, 3 * lanes, *block, group, low, high, *offset);
        }
      }
    }
    StoreRows<vectors>(y, 0, total0, activations.scale);
    if constexpr (vectors > 1) StoreRows<vectors>(y, lanes, total1, activations.scale);
    if constexpr (vectors > 2) {
      StoreRows<vectors>(y, 2 * lanes, total2, activations.scale);
      StoreRows<vectors>(y, 3 * lanes, total3, activations.scale);
    }
  }
}

/// `steps` x 16 rows in one vector, of 1024 bits (2) or 2048 (4) at least.
template <int steps>
svint32_t LongDots(const std::uint8_t* pairs, const std::int8_t* x, std::int32_t offset) {
  const svbool_t bytes = svwhilelt_b8(std::int64_t{0}, std::int64_t{steps * 4 * kTileRows});
  // Which four of the group's values each lane takes: those of its step.
  const svuint32_t step = svlsr_n_u32_x(svptrue_b32(), svindex_u32(0, 1), 4);
  const svint32_t values = svreinterpret_s32_s8(
      svld1_s8(svwhilelt_b8(std::int64_t{0}, static_cast<std::int64_t>(kGroup)), x));
  svint32_t dots = svdup_n_s32_z(svwhilelt_b32(std::int64_t{0}, std::int64_t{kTileRows}), offset);
#pragma GCC unroll 2
  for (std::uint32_t at = 0; at < 4; at += steps) {
    const svuint8_t both = svld1_u8(bytes, pairs + at * 4 * kTileRows);
    const svuint32_t low = svadd_n_u32_x(svptrue_b32(), step, at);
    const svuint32_t high = svadd_n_u32_x(svptrue_b32(), step, at + 4);
    dots = svdot_s32(dots, Low(both), svreinterpret_s8_s32(svtbl_s32(values, low)));
    dots = svdot_s32(dots, High(both), svreinterpret_s8_s32(svtbl_s32(values, high)));
  }
  if constexpr (steps == 4) dots = svadd_s32_x(svptrue_b32(), dots, svext_s32(dots, dots, 32));
  return svadd_s32_x(svptrue_b32(), dots, svext_s32(dots, dots, 16));
}

template <int steps, bool ahead>
void RunLong(const Matrix& matrix, const Activations& activations, float* y) {
  const svbool_t rows = svwhilelt_b32(std::int64_t{0}, std::int64_t{kTileRows});
  const Block* block = matrix.data.data();
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile, y += kTileRows) {
    const std::int8_t* x = activations.values.data();
    const std::int32_t* offset = activations.offsets.data();
    svfloat32_t total = svdup_f32(0);
    for (std::size_t b = 0; b < matrix.blocks; ++b, ++block) {
      PrefetchBlock<ahead>(block);
      for (std::size_t group = 0; group < 2; ++group, x += kGroup, ++offset) {
        const svint32_t dots = LongDots<steps>(block->pairs[group][0], x, *offset);
        total = AddScaled(rows, total, dots, block->scale[group]);
      }
    }
    svst1_f32(rows, y, svmul_n_f32_x(rows, total, activations.scale));
  }
}

template <bool ahead>
void Run(const Matrix& matrix, const Activations& activations, float* y) {
  const std::size_t lanes = svcntw();
  if (lanes >= 4 * kTileRows) return RunLong<4, ahead>(matrix, activations, y);
  if (lanes >= 2 * kTileRows) return RunLong<2, ahead>(matrix, activations, y);
  if (lanes >= kTileRows) return RunShort<1, ahead>(matrix, activations, y);
  if (lanes >= kTileRows / 2) return RunShort<2, ahead>(matrix, activations, y);
  return RunShort<4, ahead>(matrix, activations, y);
}

constexpr Kernel kKernels[] = {{"plain", Run<false>}, {"prefetch", Run<true>}};

}  // namespace

std::span<const Kernel> SveKernels() { return kKernels; }

int SveBits() { return static_cast<int>(svcntb()) * 8; }

}  // namespace pmubench::matvec
