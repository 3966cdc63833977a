// Length-agnostic: written once for vectors of 128 to 2048 bits. Loops are closed by the flags of
// whilelt itself (do ... while b.first): GCC 12 adds a compare for a for-loop, a fifth more
// instructions. Compiled twice, with SVE2 where pixels are averaged (SVE has no urhadd).
#include "codec/kernels.h"

#include <arm_sve.h>

#include "codec/dct_basis.h"

namespace pmubench::codec {
namespace {

/// cntp counts lanes under a predicate; what NEON accumulates in a vector, SVE adds in a register.
std::uint32_t CountNonzero(const std::int16_t* levels, std::int64_t n) {
  std::uint64_t count = 0;
  std::int64_t i = 0;
  svbool_t p = svwhilelt_b16(i, n);
  do {
    count += svcntp_b16(p, svcmpne_n_s16(p, svld1_s16(p, levels + i), 0));
    i += static_cast<std::int64_t>(svcnth());
    p = svwhilelt_b16(i, n);
  } while (svptest_first(svptrue_b16(), p));
  return static_cast<std::uint32_t>(count);
}

std::uint32_t Quantise(std::int16_t* out, const std::int16_t* in, const std::uint16_t* scale,
                       const std::uint16_t* bias, std::int64_t n) {
  std::uint64_t count = 0;
  std::int64_t i = 0;
  svbool_t p = svwhilelt_b16(i, n);
  do {
    const svint16_t value = svld1_s16(p, in + i);
    const svuint16_t sum =
        svadd_u16_x(p, svreinterpret_u16_s16(svabs_s16_x(p, value)), svld1_u16(p, bias + i));
    svint16_t level = svreinterpret_s16_u16(svmulh_u16_x(p, sum, svld1_u16(p, scale + i)));
    level = svneg_s16_m(level, svcmplt_n_s16(p, value, 0), level);
    svst1_s16(p, out + i, level);
    count += svcntp_b16(p, svcmpne_n_s16(p, level, 0));
    i += static_cast<std::int64_t>(svcnth());
    p = svwhilelt_b16(i, n);
  } while (svptest_first(svptrue_b16(), p));
  return static_cast<std::uint32_t>(count);
}

/// One row of 16 pixels fills 128 bits. Longer vectors take several rows: a gather of 64-bit
/// halves, two a row. One row under whilelt would be right too, and no faster at any length.
std::uint32_t Sad16x16(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                       std::ptrdiff_t b_stride) {
  svuint32_t sum = svdup_u32(0);
  const svuint8_t one = svdup_u8(1);
  if (svcntb() == 16) {
    const svbool_t all = svptrue_b8();
    for (int y = 0; y < 16; ++y, a += a_stride, b += b_stride) {
      sum = svdot_u32(sum, svabd_u8_x(all, svld1_u8(all, a), svld1_u8(all, b)), one);
    }
    return static_cast<std::uint32_t>(svaddv_u32(svptrue_b32(), sum));
  }
  const svbool_t all = svptrue_b64();
  const svuint64_t lane = svindex_u64(0, 1);
  const svuint64_t row = svlsr_n_u64_x(all, lane, 1);
  const svuint64_t half = svlsl_n_u64_x(all, svand_n_u64_x(all, lane, 1), 3);
  const svuint64_t a_at = svmla_n_u64_x(all, half, row, static_cast<std::uint64_t>(a_stride));
  const svuint64_t b_at = svmla_n_u64_x(all, half, row, static_cast<std::uint64_t>(b_stride));
  const auto rows = static_cast<std::ptrdiff_t>(svcntb() / 16);
  std::int64_t done = 0;
  svbool_t p = svwhilelt_b64(done, std::int64_t{32});
  do {  // lanes beyond the block load 0 from both
    const svuint8_t x = svreinterpret_u8_u64(
        svld1_gather_u64offset_u64(p, reinterpret_cast<const std::uint64_t*>(a), a_at));
    const svuint8_t y = svreinterpret_u8_u64(
        svld1_gather_u64offset_u64(p, reinterpret_cast<const std::uint64_t*>(b), b_at));
    sum = svdot_u32(sum, svabd_u8_x(svptrue_b8(), x, y), one);
    a += rows * a_stride;
    b += rows * b_stride;
    done += static_cast<std::int64_t>(svcntd());
    p = svwhilelt_b64(done, std::int64_t{32});
  } while (svptest_first(all, p));
  return static_cast<std::uint32_t>(svaddv_u32(svptrue_b32(), sum));
}

/// Eight rows of eight: one row a vector, whatever its length. All moves of a transpose stay inside
/// 128 bits, so longer vectors have nothing to add to one block.
#define PMUBENCH_BUTTERFLY(x, y) \
  do {                           \
    const svint16_t low = x;     \
    x = svadd_s16_x(p, low, y);  \
    y = svsub_s16_x(p, low, y);  \
  } while (false)
#define PMUBENCH_TRN(bits, x, y)                                 \
  do {                                                           \
    const svint##bits##_t low = svreinterpret_s##bits##_s16(x);  \
    const svint##bits##_t high = svreinterpret_s##bits##_s16(y); \
    x = svreinterpret_s16_s##bits(svtrn1_s##bits(low, high));    \
    y = svreinterpret_s16_s##bits(svtrn2_s##bits(low, high));    \
  } while (false)

std::uint32_t Satd8x8(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                      std::ptrdiff_t b_stride) {
  const svbool_t p = svptrue_pat_b16(SV_VL8);
  const auto row = [&](int y) {
    return svreinterpret_s16_u16(
        svsub_u16_x(p, svld1ub_u16(p, a + y * a_stride), svld1ub_u16(p, b + y * b_stride)));
  };
  svint16_t v0 = row(0), v1 = row(1), v2 = row(2), v3 = row(3);
  svint16_t v4 = row(4), v5 = row(5), v6 = row(6), v7 = row(7);
  PMUBENCH_BUTTERFLY(v0, v4);
  PMUBENCH_BUTTERFLY(v1, v5);
  PMUBENCH_BUTTERFLY(v2, v6);
  PMUBENCH_BUTTERFLY(v3, v7);
  PMUBENCH_BUTTERFLY(v0, v2);
  PMUBENCH_BUTTERFLY(v1, v3);
  PMUBENCH_BUTTERFLY(v4, v6);
  PMUBENCH_BUTTERFLY(v5, v7);
  PMUBENCH_BUTTERFLY(v0, v1);
  PMUBENCH_BUTTERFLY(v2, v3);
  PMUBENCH_BUTTERFLY(v4, v5);
  PMUBENCH_BUTTERFLY(v6, v7);
  PMUBENCH_TRN(16, v0, v1);
  PMUBENCH_TRN(16, v2, v3);
  PMUBENCH_TRN(16, v4, v5);
  PMUBENCH_TRN(16, v6, v7);
  PMUBENCH_TRN(32, v0, v2);
  PMUBENCH_TRN(32, v1, v3);
  PMUBENCH_TRN(32, v4, v6);
  PMUBENCH_TRN(32, v5, v7);
  PMUBENCH_TRN(64, v0, v4);
  PMUBENCH_TRN(64, v1, v5);
  PMUBENCH_TRN(64, v2, v6);
  PMUBENCH_TRN(64, v3, v7);
  PMUBENCH_BUTTERFLY(v0, v1);
  PMUBENCH_BUTTERFLY(v2, v3);
  PMUBENCH_BUTTERFLY(v4, v5);
  PMUBENCH_BUTTERFLY(v6, v7);
  PMUBENCH_BUTTERFLY(v0, v2);
  PMUBENCH_BUTTERFLY(v1, v3);
  PMUBENCH_BUTTERFLY(v4, v6);
  PMUBENCH_BUTTERFLY(v5, v7);
  // The last round and the halving at once: |x + y| + |x - y| = 2 max(|x|, |y|).
  const auto larger = [&](svint16_t x, svint16_t y) {
    return svmax_s16_x(p, svabs_s16_x(p, x), svabs_s16_x(p, y));
  };
  const svint16_t sum = svadd_s16_x(p, svadd_s16_x(p, larger(v0, v4), larger(v1, v5)),
                                    svadd_s16_x(p, larger(v2, v6), larger(v3, v7)));
  return static_cast<std::uint32_t>(svaddv_s16(p, sum));
}

/// Rows y and y + 4 of the block against as many rows of the basis as the vector has blocks of 128
/// bits: sdot takes half a row from the lane of a block, so nothing is summed across lanes.
template <int shift>
void DctPass(std::int16_t* out, const std::int16_t* in) {
#ifdef __ARM_FEATURE_SVE2
  const svint64_t round = svdup_s64(0);  // rshrnb rounds
#else
  const svint64_t round = svdup_s64(1 << (shift - 1));
#endif
  const auto row = [in](int y) {
    return svreinterpret_s64_s16(svld1rq_s16(svptrue_b16(), in + 8 * y));
  };
  const auto left = [&](int y) { return svreinterpret_s16_s64(svtrn1_s64(row(y), row(y + 4))); };
  const auto right = [&](int y) { return svreinterpret_s16_s64(svtrn2_s64(row(y), row(y + 4))); };
  const svint16_t l0 = left(0), l1 = left(1), l2 = left(2), l3 = left(3);
  const svint16_t r0 = right(0), r1 = right(1), r2 = right(2), r3 = right(3);
  std::int64_t i = 0;
  svbool_t p = svwhilelt_b16(i, std::int64_t{64});
  do {
    const svint16_t basis = svld1_s16(p, kBasis<std::int16_t>[0] + i);
    const auto sum = [&](svint16_t l, svint16_t r) {
      return svreinterpret_s32_s64(svdot_lane_s64(svdot_lane_s64(round, l, basis, 0), r, basis, 1));
    };
    // The low words of rows 0, 2, 4, 6, then of 1, 3, 5, 7; the transpose of a block in order.
    const svint32_t even = svtrn1_s32(sum(l0, r0), sum(l2, r2));
    const svint32_t odd = svtrn1_s32(sum(l1, r1), sum(l3, r3));
#ifdef __ARM_FEATURE_SVE2
    const svint16_t sums = svrshrnt_n_s32(svrshrnb_n_s32(even, shift), odd, shift);
#else
    const svint16_t sums =
        svtrn1_s16(svreinterpret_s16_s32(svasr_n_s32_x(svptrue_b32(), even, shift)),
                   svreinterpret_s16_s32(svasr_n_s32_x(svptrue_b32(), odd, shift)));
#endif
    svst1_s16(p, out + i, sums);
    i += static_cast<std::int64_t>(svcnth());
    p = svwhilelt_b16(i, std::int64_t{64});
  } while (svptest_first(svptrue_b16(), p));
}

void Dct8x8(std::int16_t* out, const std::int16_t* in) {
  std::int16_t middle[64];
  DctPass<2>(middle, in);
  DctPass<9>(out, middle);
}

/// Loads widen to 16 bits as they read, so no lane is moved for any of the eight taps.
void Interpolate8(std::uint8_t* out, const std::uint8_t* in, const std::int8_t* taps,
                  std::int64_t width) {
  std::int64_t x = 0;
  svbool_t p = svwhilelt_b16(x, width);
  const svint16_t t0 = svdup_s16(taps[0]), t1 = svdup_s16(taps[1]), t2 = svdup_s16(taps[2]);
  const svint16_t t3 = svdup_s16(taps[3]), t4 = svdup_s16(taps[4]), t5 = svdup_s16(taps[5]);
  const svint16_t t6 = svdup_s16(taps[6]), t7 = svdup_s16(taps[7]);
  while (svptest_first(svptrue_b16(), p)) {
    const auto load = [&](int i) { return svreinterpret_s16_u16(svld1ub_u16(p, in + x + i)); };
    svint16_t sum = svmul_s16_x(p, load(0), t0);
    sum = svmla_s16_x(p, sum, load(1), t1);
    sum = svmla_s16_x(p, sum, load(2), t2);
    sum = svmla_s16_x(p, sum, load(3), t3);
    sum = svmla_s16_x(p, sum, load(4), t4);
    sum = svmla_s16_x(p, sum, load(5), t5);
    sum = svmla_s16_x(p, sum, load(6), t6);
    sum = svmla_s16_x(p, sum, load(7), t7);
#ifdef __ARM_FEATURE_SVE2
    svst1b_u16(p, out + x, svreinterpret_u16_u8(svqrshrunb_n_s16(sum, 6)));
#else
    sum = svasr_n_s16_x(p, svadd_n_s16_x(p, sum, 32), 6);
    sum = svmin_n_s16_x(p, svmax_n_s16_x(p, sum, 0), 255);
    svst1b_s16(p, reinterpret_cast<std::int8_t*>(out) + x, sum);
#endif
    x += static_cast<std::int64_t>(svcnth());
    p = svwhilelt_b16(x, width);
  }
}

/// compact packs the positions of levels that are not 0; insr moves them up by one, so that each
/// stands beside the one before it.
std::int32_t ScanRuns(const std::int16_t* levels, std::int64_t n, std::uint8_t* runs) {
  std::int32_t last = -1;
  std::int64_t i = 0;
  svbool_t p = svwhilelt_b32(i, n);
  const svbool_t all = svptrue_b32();
  svint32_t position = svindex_s32(0, 1);
  while (svptest_first(all, p)) {
    const svbool_t set = svcmpne_n_s32(p, svld1sh_s32(p, levels + i), 0);
    const auto count = static_cast<std::int64_t>(svcntp_b32(all, set));
    const svint32_t packed = svcompact_s32(set, position);
    // a - b - 1 is a + ~b.
    const svint32_t run = svadd_s32_x(all, packed, svnot_s32_x(all, svinsr_n_s32(packed, last)));
    svst1b_s32(svwhilelt_b32(std::int64_t{0}, count), reinterpret_cast<std::int8_t*>(runs), run);
    runs += count;
    last = svclastb_n_s32(set, last, position);
    position = svadd_n_s32_x(all, position, static_cast<std::int32_t>(svcntw()));
    i += static_cast<std::int64_t>(svcntw());
    p = svwhilelt_b32(i, n);
  }
  return last;
}

std::uint32_t VlcBits(const std::int16_t* levels, const std::uint32_t* table, std::int64_t n) {
  svuint32_t sum = svdup_u32(0);
  std::int64_t i = 0;
  svbool_t p = svwhilelt_b32(i, n);
  do {
    svuint32_t at = svreinterpret_u32_s32(svabs_s32_x(p, svld1sh_s32(p, levels + i)));
    at = svmin_n_u32_x(p, at, 255);
    sum = svadd_u32_m(p, sum, svld1_gather_u32index_u32(p, table, at));
    i += static_cast<std::int64_t>(svcntw());
    p = svwhilelt_b32(i, n);
  } while (svptest_first(svptrue_b32(), p));
  return static_cast<std::uint32_t>(svaddv_u32(svptrue_b32(), sum));
}

void Average(std::uint8_t* out, const std::uint8_t* a, const std::uint8_t* b, std::int64_t n) {
  std::int64_t i = 0;
  svbool_t p = svwhilelt_b8(i, n);
  while (svptest_first(svptrue_b8(), p)) {
    const svuint8_t x = svld1_u8(p, a + i);
    const svuint8_t y = svld1_u8(p, b + i);
#ifdef __ARM_FEATURE_SVE2
    const svuint8_t mean = svrhadd_u8_x(p, x, y);
#else  // (x | y) - ((x ^ y) >> 1)
    const svuint8_t mean =
        svsub_u8_x(p, svorr_u8_x(p, x, y), svlsr_n_u8_x(p, sveor_u8_x(p, x, y), 1));
#endif
    svst1_u8(p, out + i, mean);
    i += static_cast<std::int64_t>(svcntb());
    p = svwhilelt_b8(i, n);
  }
}

}  // namespace

#ifdef __ARM_FEATURE_SVE2
#define PMUBENCH_SVE_KERNELS kSve2Kernels
#else
#define PMUBENCH_SVE_KERNELS kSveKernels
int SveBits();
int SveBits() { return static_cast<int>(svcntb()) * 8; }
#endif
extern const Kernels PMUBENCH_SVE_KERNELS;
const Kernels PMUBENCH_SVE_KERNELS = {CountNonzero, Quantise, Sad16x16, Satd8x8, Dct8x8,
                                      Interpolate8, ScanRuns, VlcBits,  Average};

}  // namespace pmubench::codec
