// The kernels over a fixed-width vector type V of one instruction set. Included only by the
// architectures' own files, which are compiled for them.
//
// V has: Reg, kLanes, Load, Store, Stream (non-temporal), Set, Add, Mul, MulAdd (a + b * c), Sum,
// Prefetch, Fence (orders non-temporal stores).
#pragma once

#include <array>

#include "stream/kernel.h"

namespace pmubench::stream {
namespace {

inline constexpr std::size_t kPageDoubles = 512;

template <class V, Op op>
[[gnu::always_inline]] inline typename V::Reg Value(const double* b, const double* c,
                                                    typename V::Reg s) {
  if constexpr (op == Op::kWrite) return s;
  if constexpr (op == Op::kRead || op == Op::kCopy) return V::Load(b);
  if constexpr (op == Op::kScale) return V::Mul(s, V::Load(b));
  if constexpr (op == Op::kAdd) return V::Add(V::Load(b), V::Load(c));
  if constexpr (op == Op::kTriad) return V::MulAdd(V::Load(b), s, V::Load(c));
}

/// One cache line: a[0..8) from b[0..8) and c[0..8), or a sum into `sum`.
template <class V, Op op, Store store>
[[gnu::always_inline]] inline void Line(double* a, const double* b, const double* c,
                                        typename V::Reg s, typename V::Reg& sum) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kLineDoubles; i += V::kLanes) {
    const typename V::Reg value = Value<V, op>(b + i, c + i, s);
    if constexpr (op == Op::kRead) {
      sum = V::Add(sum, value);
    } else if constexpr (store == Store::kNonTemporal) {
      V::Stream(a + i, value);
    } else {
      V::Store(a + i, value);
    }
  }
}

/// `ahead` doubles are prefetched ahead of each source; 0 leaves it to the hardware.
template <class V, Op op, std::size_t ahead>
[[gnu::always_inline]] inline void PrefetchLine(const double* b, const double* c) {
  if constexpr (ahead != 0 && op != Op::kWrite) V::Prefetch(b + ahead);
  if constexpr (ahead != 0 && (op == Op::kAdd || op == Op::kTriad)) V::Prefetch(c + ahead);
}

template <class V, Op op, Store store, std::size_t pages, std::size_t ahead>
double Run(double* a, const double* b, const double* c, std::size_t n) {
  const typename V::Reg s = V::Set(op == Op::kWrite ? kWritten : kFactor);
  constexpr std::size_t kStreams = pages > 4 ? pages : 4;
  typename V::Reg sums[kStreams];  // std::array drops the type's alignment attribute and warns
  for (auto& sum : sums) sum = V::Set(0);
  std::size_t i = 0;
  if constexpr (pages > 1) {
    for (; i + pages * kPageDoubles <= n; i += pages * kPageDoubles) {
      for (std::size_t line = 0; line < kPageDoubles; line += kLineDoubles) {
#pragma GCC unroll 8
        for (std::size_t page = 0; page < pages; ++page) {
          const std::size_t at = i + page * kPageDoubles + line;
          PrefetchLine<V, op, ahead>(b + at, c + at);
          Line<V, op, store>(a + at, b + at, c + at, s, sums[page]);
        }
      }
    }
  }
  for (; i + 4 * kLineDoubles <= n; i += 4 * kLineDoubles) {
#pragma GCC unroll 4
    for (std::size_t line = 0; line < 4; ++line) {
      const std::size_t at = i + line * kLineDoubles;
      PrefetchLine<V, op, ahead>(b + at, c + at);
      Line<V, op, store>(a + at, b + at, c + at, s, sums[line]);
    }
  }
  for (; i < n; i += kLineDoubles) Line<V, op, store>(a + i, b + i, c + i, s, sums[0]);
  if constexpr (store == Store::kNonTemporal) V::Fence();
  if constexpr (op != Op::kRead) return 0;
  typename V::Reg total = sums[0];
  for (std::size_t k = 1; k < kStreams; ++k) total = V::Add(total, sums[k]);
  return V::Sum(total);
}

template <class V, Op op, Store store>
constexpr std::array<Kernel, 6> Methods() {
  return {{{op, store, "linear", Run<V, op, store, 1, 0>},
           {op, store, "linear-prefetch", Run<V, op, store, 1, 256>},
           {op, store, "pages2", Run<V, op, store, 2, 2 * kPageDoubles>},
           {op, store, "pages4", Run<V, op, store, 4, 4 * kPageDoubles>},
           {op, store, "pages4-near", Run<V, op, store, 4, 128>},
           {op, store, "pages8", Run<V, op, store, 8, 128>}}};
}

template <std::size_t... sizes>
constexpr auto Join(const std::array<Kernel, sizes>&... parts) {
  std::array<Kernel, (sizes + ...)> all{};
  std::size_t at = 0;
  const auto append = [&](const auto& part) {
    for (const Kernel& kernel : part) all[at++] = kernel;
  };
  (append(parts), ...);
  return all;
}

template <class V, Store store>
constexpr auto StoringKernels() {
  return Join(Methods<V, Op::kWrite, store>(), Methods<V, Op::kCopy, store>(),
              Methods<V, Op::kScale, store>(), Methods<V, Op::kAdd, store>(),
              Methods<V, Op::kTriad, store>());
}

/// Every operation with temporal stores and, where V has them, non-temporal ones.
template <class V>
constexpr auto AllKernels() {
  constexpr auto temporal =
      Join(Methods<V, Op::kRead, Store::kTemporal>(), StoringKernels<V, Store::kTemporal>());
  if constexpr (V::kHasStream) {
    return Join(temporal, StoringKernels<V, Store::kNonTemporal>());
  } else {
    return temporal;
  }
}

}  // namespace
}  // namespace pmubench::stream
