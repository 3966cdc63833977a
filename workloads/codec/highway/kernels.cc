// The kernels once more, written once with Google Highway for vectors of any length: what a
// portable library gains or costs beside intrinsics. Included by a file for each of its targets
// (avx2.cc, ...), which says by PMUBENCH_HIGHWAY_TARGET and PMUBENCH_HIGHWAY_KERNELS what it must
// become.
#define HWY_COMPILE_ONLY_STATIC  // dispatch.cc chooses
#define HWY_DISABLE_F16C         // a feature that clang 14 cannot ask a CPU for
#define HWY_IS_DEBUG_BUILD 0     // else assertions that need libhwy under sanitizers
#include "codec/kernels.h"

#include <hwy/highway.h>

#include <type_traits>

#include "codec/dct_basis.h"

static_assert(HWY_TARGET == PMUBENCH_HIGHWAY_TARGET, "other compiler flags than this target's");

HWY_BEFORE_NAMESPACE();
namespace pmubench::codec {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// How a step reads and writes a vector: all of it,
struct Whole {
  template <class D>
  HWY_INLINE auto Load(D d, const hn::TFromD<D>* from) const {
    return hn::LoadU(d, from);
  }
  template <class D>
  HWY_INLINE void Store(D d, hn::Vec<D> v, hn::TFromD<D>* to) const {
    hn::StoreU(v, d, to);
  }
  template <class D>
  HWY_INLINE auto Keep(D, hn::Vec<D> v) const {
    return v;
  }
};

/// or its first `count` lanes, with zeros in the rest.
struct First {
  std::size_t count;

  template <class D>
  HWY_INLINE auto Load(D d, const hn::TFromD<D>* from) const {
    return hn::MaskedLoad(hn::FirstN(d, count), d, from);
  }
  template <class D>
  HWY_INLINE void Store(D d, hn::Vec<D> v, hn::TFromD<D>* to) const {
    hn::BlendedStore(v, hn::FirstN(d, count), d, to);
  }
  template <class D>
  HWY_INLINE auto Keep(D d, hn::Vec<D> v) const {
    return hn::IfThenElseZero(hn::FirstN(d, count), v);
  }
};

/// Calls step(tag, lanes, position) for whole vectors, then for the rest: masked, or one lane at a
/// time where masked loads touch what they do not load (NEON, AVX2).
template <class D, class Step>
HWY_INLINE void ForAll(D d, std::int64_t elements, Step&& step) {
  const auto n = static_cast<std::size_t>(elements);
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) step(d, Whole{}, i);
#if HWY_MEM_OPS_MIGHT_FAULT
  for (; i < n; ++i) step(hn::CappedTag<hn::TFromD<D>, 1>(), Whole{}, i);
#else
  if (i < n) step(d, First{n - i}, i);
#endif
}

std::uint32_t CountNonzero(const std::int16_t* levels, std::int64_t n) {
  std::size_t count = 0;
  ForAll(hn::ScalableTag<std::int16_t>(), n, [&](auto d, auto part, std::size_t i) HWY_ATTR {
    count += hn::CountTrue(d, hn::Ne(part.Load(d, levels + i), hn::Zero(d)));
  });
  return static_cast<std::uint32_t>(count);
}

std::uint32_t Quantise(std::int16_t* out, const std::int16_t* in, const std::uint16_t* scale,
                       const std::uint16_t* bias, std::int64_t n) {
  std::size_t count = 0;
  ForAll(hn::ScalableTag<std::int16_t>(), n, [&](auto d, auto part, std::size_t i) HWY_ATTR {
    const hn::RebindToUnsigned<decltype(d)> du;
    const auto value = part.Load(d, in + i);
    const auto sum = hn::Add(hn::BitCast(du, hn::Abs(value)), part.Load(du, bias + i));
    const auto level = hn::BitCast(d, hn::MulHigh(sum, part.Load(du, scale + i)));
    const auto sign = hn::BroadcastSignBit(value);
    const auto result = hn::Sub(hn::Xor(level, sign), sign);
    part.Store(d, result, out + i);
    count += hn::CountTrue(d, hn::Ne(result, hn::Zero(d)));
  });
  return static_cast<std::uint32_t>(count);
}

/// A row a vector: 1.0.3 sums differences from 0 alone (SumsOf8), and has them for floats alone.
std::uint32_t Sad16x16(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                       std::ptrdiff_t b_stride) {
  const hn::CappedTag<std::uint8_t, 16> d;
  const hn::Repartition<std::uint64_t, decltype(d)> sums;
  auto sum = hn::Zero(sums);
  for (int y = 0; y < 16; ++y, a += a_stride, b += b_stride) {
    const auto p = hn::LoadU(d, a), q = hn::LoadU(d, b);
    const auto difference = hn::Or(hn::SaturatedSub(p, q), hn::SaturatedSub(q, p));
    sum = hn::Add(sum, hn::SumsOf8(difference));
  }
  return static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(sums, sum)));
}

template <class V>
HWY_INLINE void Butterfly(V& x, V& y) {
  const V low = x;
  x = hn::Add(low, y);
  y = hn::Sub(low, y);
}

/// A third of a transpose of 8x8: interleaves the first four vectors with the last four.
template <class D, class V>
HWY_INLINE void Interleave(D d, V& v0, V& v1, V& v2, V& v3, V& v4, V& v5, V& v6, V& v7) {
  const V a = v0, b = v1, c = v2, e = v3, p = v4, q = v5, r = v6, s = v7;
  v0 = hn::InterleaveLower(d, a, p), v1 = hn::InterleaveUpper(d, a, p);
  v2 = hn::InterleaveLower(d, b, q), v3 = hn::InterleaveUpper(d, b, q);
  v4 = hn::InterleaveLower(d, c, r), v5 = hn::InterleaveUpper(d, c, r);
  v6 = hn::InterleaveLower(d, e, s), v7 = hn::InterleaveUpper(d, e, s);
}

std::uint32_t Satd8x8(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                      std::ptrdiff_t b_stride) {
  const hn::CappedTag<std::int16_t, 8> d;
  const hn::Rebind<std::uint8_t, decltype(d)> pixels;
  const hn::RepartitionToWide<decltype(d)> wide;
  const auto row = [&](int y) HWY_ATTR {
    return hn::Sub(hn::PromoteTo(d, hn::LoadU(pixels, a + y * a_stride)),
                   hn::PromoteTo(d, hn::LoadU(pixels, b + y * b_stride)));
  };
  auto v0 = row(0), v1 = row(1), v2 = row(2), v3 = row(3);
  auto v4 = row(4), v5 = row(5), v6 = row(6), v7 = row(7);
  Butterfly(v0, v4), Butterfly(v1, v5), Butterfly(v2, v6), Butterfly(v3, v7);
  Butterfly(v0, v2), Butterfly(v1, v3), Butterfly(v4, v6), Butterfly(v5, v7);
  Butterfly(v0, v1), Butterfly(v2, v3), Butterfly(v4, v5), Butterfly(v6, v7);
  Interleave(d, v0, v1, v2, v3, v4, v5, v6, v7);
  Interleave(d, v0, v1, v2, v3, v4, v5, v6, v7);
  Interleave(d, v0, v1, v2, v3, v4, v5, v6, v7);
  Butterfly(v0, v1), Butterfly(v2, v3), Butterfly(v4, v5), Butterfly(v6, v7);
  Butterfly(v0, v2), Butterfly(v1, v3), Butterfly(v4, v6), Butterfly(v5, v7);
  // The last round and the halving at once: |x + y| + |x - y| = 2 max(|x|, |y|).
  const auto larger = [&](auto x, auto y) HWY_ATTR { return hn::Max(hn::Abs(x), hn::Abs(y)); };
  const auto sum =
      hn::Add(hn::Add(larger(v0, v4), larger(v1, v5)), hn::Add(larger(v2, v6), larger(v3, v7)));
  auto odd = hn::Zero(wide);
  const auto even = hn::ReorderWidenMulAccumulate(wide, sum, hn::Set(d, 1), hn::Zero(wide), odd);
  return static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(wide, hn::Add(even, odd))));
}

/// Pairs of the basis's columns 2j and 2j + 1: of its even and of its odd rows for the first pass,
/// each row's four times over for the second.
struct BasisPairs {
  alignas(16) std::int16_t even[4][8];
  alignas(16) std::int16_t odd[4][8];
  alignas(16) std::int16_t rows[4][8 * 8];
};

constexpr BasisPairs MakePairs() {
  BasisPairs pairs{};
  for (int j = 0; j < 4; ++j) {
    for (int i = 0; i < 8; ++i) {
      pairs.even[j][i] = kBasis<std::int16_t>[i & ~1][2 * j + i % 2];
      pairs.odd[j][i] = kBasis<std::int16_t>[i | 1][2 * j + i % 2];
    }
    for (int i = 0; i < 64; ++i) pairs.rows[j][i] = kBasis<std::int16_t>[i / 8][2 * j + i % 2];
  }
  return pairs;
}

constexpr BasisPairs kPairs = MakePairs();

/// Products of neighbours, added, of four pairs of vectors; rounded for a shift to come.
template <int shift, class D, class V>
HWY_INLINE auto Dot(D d, V a0, V a1, V a2, V a3, V b0, V b1, V b2, V b3) {
  auto other = hn::Zero(d);
  auto sum = hn::ReorderWidenMulAccumulate(d, a0, b0, hn::Zero(d), other);
  sum = hn::ReorderWidenMulAccumulate(d, a1, b1, sum, other);
  sum = hn::ReorderWidenMulAccumulate(d, a2, b2, sum, other);
  sum = hn::ReorderWidenMulAccumulate(d, a3, b3, sum, other);
  return hn::Add(hn::RearrangeToOddPlusEven(sum, other), hn::Set(d, 1 << (shift - 1)));
}

/// Sums of the even and of the odd columns, shifted, become the row: no order of lanes to repair.
template <int shift, class D, class V>
HWY_INLINE auto Pack(D d, V even, V odd) {
  return hn::OddEven(hn::BitCast(d, hn::ShiftLeft<16 - shift>(odd)),
                     hn::BitCast(d, hn::ShiftRight<shift>(even)));
}

/// As many rows as the vector has blocks of 128 bits. No transpose: the first pass spreads a row's
/// pairs over its block, the second multiplies pairs of two rows.
void Dct8x8(std::int16_t* out, const std::int16_t* in) {
  const hn::CappedTag<std::int16_t, 64> d;
  const hn::RepartitionToWide<decltype(d)> wide;
  const auto block = [&](const std::int16_t* from) HWY_ATTR { return hn::LoadDup128(d, from); };
  alignas(16) std::int16_t middle[64];
  const auto e0 = block(kPairs.even[0]), e1 = block(kPairs.even[1]);
  const auto e2 = block(kPairs.even[2]), e3 = block(kPairs.even[3]);
  const auto o0 = block(kPairs.odd[0]), o1 = block(kPairs.odd[1]);
  const auto o2 = block(kPairs.odd[2]), o3 = block(kPairs.odd[3]);
  for (std::size_t i = 0; i < 64; i += hn::Lanes(d)) {
    const auto row = hn::BitCast(wide, hn::LoadU(d, in + i));
    const auto x0 = hn::BitCast(d, hn::Broadcast<0>(row)),
               x1 = hn::BitCast(d, hn::Broadcast<1>(row));
    const auto x2 = hn::BitCast(d, hn::Broadcast<2>(row)),
               x3 = hn::BitCast(d, hn::Broadcast<3>(row));
    hn::StoreU(Pack<2>(d, Dot<2>(wide, x0, x1, x2, x3, e0, e1, e2, e3),
                       Dot<2>(wide, x0, x1, x2, x3, o0, o1, o2, o3)),
               d, middle + i);
  }
  const auto even = [&](int y) HWY_ATTR {
    return hn::OddEven(hn::BitCast(d, hn::ShiftLeft<16>(hn::BitCast(wide, block(middle + y + 8)))),
                       block(middle + y));
  };
  const auto odd = [&](int y) HWY_ATTR {
    const hn::RebindToUnsigned<decltype(wide)> bits;
    return hn::OddEven(block(middle + y + 8),
                       hn::BitCast(d, hn::ShiftRight<16>(hn::BitCast(bits, block(middle + y)))));
  };
  const auto even0 = even(0), even1 = even(16), even2 = even(32), even3 = even(48);
  const auto odd0 = odd(0), odd1 = odd(16), odd2 = odd(32), odd3 = odd(48);
  for (std::size_t i = 0; i < 64; i += hn::Lanes(d)) {
    const auto k0 = hn::LoadU(d, kPairs.rows[0] + i), k1 = hn::LoadU(d, kPairs.rows[1] + i);
    const auto k2 = hn::LoadU(d, kPairs.rows[2] + i), k3 = hn::LoadU(d, kPairs.rows[3] + i);
    hn::StoreU(Pack<9>(d, Dot<9>(wide, even0, even1, even2, even3, k0, k1, k2, k3),
                       Dot<9>(wide, odd0, odd1, odd2, odd3, k0, k1, k2, k3)),
               d, out + i);
  }
}

/// Widened to 16 bits: 1.0.3 has no products of bytes (pmaddubsw, sdot).
void Interpolate8(std::uint8_t* out, const std::uint8_t* in, const std::int8_t* taps,
                  std::int64_t width) {
  ForAll(hn::ScalableTag<std::int16_t>(), width, [&](auto d, auto part, std::size_t x) HWY_ATTR {
    const hn::Rebind<std::uint8_t, decltype(d)> pixels;
    const auto product = [&](int i) HWY_ATTR {
      return hn::Mul(hn::PromoteTo(d, part.Load(pixels, in + x + i)), hn::Set(d, taps[i]));
    };
    auto sum = hn::Add(hn::Set(d, 32), product(0));
    sum = hn::Add(sum, product(1));
    sum = hn::Add(sum, product(2));
    sum = hn::Add(sum, product(3));
    sum = hn::Add(sum, product(4));
    sum = hn::Add(sum, product(5));
    sum = hn::Add(sum, product(6));
    sum = hn::Add(sum, product(7));
    part.Store(pixels, hn::DemoteTo(pixels, hn::ShiftRight<6>(sum)), out + x);
  });
}

/// Compress packs the positions of levels that are not 0 behind the one before them; loaded from
/// there and from one lane earlier, their differences are the runs.
std::int32_t ScanRuns(const std::int16_t* levels, std::int64_t n, std::uint8_t* runs) {
  using D = hn::ScalableTag<std::int32_t>;
  std::int32_t positions[hn::MaxLanes(D()) + 1];
  positions[0] = -1;
  ForAll(D(), n, [&](auto d, auto part, std::size_t i) HWY_ATTR {
    const hn::Rebind<std::int16_t, decltype(d)> words;
    const hn::Rebind<std::uint8_t, decltype(d)> bytes;
    const auto set = hn::Ne(hn::PromoteTo(d, part.Load(words, levels + i)), hn::Zero(d));
    const auto packed = hn::Compress(hn::Iota(d, static_cast<std::int32_t>(i)), set);
    hn::StoreU(packed, d, positions + 1);
    // a - b - 1 is a + ~b.
    const auto run = hn::Add(packed, hn::Not(hn::LoadU(d, positions)));
    const std::size_t count = hn::CountTrue(d, set);
    const hn::RebindToUnsigned<decltype(d)> bits;
    const auto lengths = hn::TruncateTo(bytes, hn::BitCast(bits, run));
    // A whole vector of runs ends within the n places: there are at most i runs yet.
#if HWY_MEM_OPS_MIGHT_FAULT  // BlendedStore would do, but is a loop over bytes for AVX2
    const auto after = hn::LoadU(bytes, runs);
    hn::StoreU(hn::IfThenElse(hn::FirstN(bytes, count), lengths, after), bytes, runs);
#else
    hn::BlendedStore(lengths, hn::FirstN(bytes, count), bytes, runs);
#endif
    runs += count;
    positions[0] = positions[count];
  });
  return positions[0];
}

std::uint32_t VlcBits(const std::int16_t* levels, const std::uint32_t* table, std::int64_t n) {
  using D = hn::ScalableTag<std::uint32_t>;
  auto sum = hn::Zero(D());
  std::uint32_t rest = 0;
  ForAll(D(), n, [&](auto d, auto part, std::size_t i) HWY_ATTR {
    const hn::RebindToSigned<decltype(d)> index;
    const hn::Rebind<std::int16_t, decltype(d)> words;
    const auto size = hn::Abs(hn::PromoteTo(index, part.Load(words, levels + i)));
    const auto at = hn::Min(size, hn::Set(index, 255));
    const auto bits = part.Keep(d, hn::GatherIndex(d, table, at));
    if constexpr (std::is_same_v<decltype(d), D>) {
      sum = hn::Add(sum, bits);
    } else {
      rest += hn::GetLane(bits);
    }
  });
  return rest + hn::GetLane(hn::SumOfLanes(D(), sum));
}

void Average(std::uint8_t* out, const std::uint8_t* a, const std::uint8_t* b, std::int64_t n) {
  ForAll(hn::ScalableTag<std::uint8_t>(), n, [&](auto d, auto part, std::size_t i) HWY_ATTR {
    const auto x = part.Load(d, a + i), y = part.Load(d, b + i);
#if HWY_TARGET == HWY_SVE  // where AverageRound of 1.0.3 loses the ninth bit of a + b + 1
    part.Store(d, hn::Sub(hn::Or(x, y), hn::ShiftRight<1>(hn::Xor(x, y))), out + i);
#else
    part.Store(d, hn::AverageRound(x, y), out + i);
#endif
  });
}

}  // namespace

extern const Kernels PMUBENCH_HIGHWAY_KERNELS;
const Kernels PMUBENCH_HIGHWAY_KERNELS = {CountNonzero, Quantise, Sad16x16, Satd8x8, Dct8x8,
                                          Interpolate8, ScanRuns, VlcBits,  Average};

}  // namespace pmubench::codec
HWY_AFTER_NAMESPACE();
