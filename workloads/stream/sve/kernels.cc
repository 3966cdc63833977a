// Length-agnostic: a vector may be shorter or longer than a cache line, so the page is walked by
// vectors under a predicate, not by lines. The types have no size: no arrays of them.
#include <arm_sve.h>

#include <array>
#include <cstdint>

#include "stream/kernel.h"

namespace pmubench::stream {
namespace {

constexpr std::uint64_t kPageDoubles = 512;

template <Op op, Store store>
[[gnu::always_inline]] inline void Step(svbool_t p, double* a, const double* b, const double* c,
                                        svfloat64_t& sum) {
  svfloat64_t value = svdup_f64(kWritten);
  if constexpr (op == Op::kRead || op == Op::kCopy) value = svld1_f64(p, b);
  if constexpr (op == Op::kScale) value = svmul_n_f64_x(p, svld1_f64(p, b), kFactor);
  if constexpr (op == Op::kAdd) value = svadd_f64_x(p, svld1_f64(p, b), svld1_f64(p, c));
  if constexpr (op == Op::kTriad) {
    value = svmla_n_f64_x(p, svld1_f64(p, b), svld1_f64(p, c), kFactor);
  }
  if constexpr (op == Op::kRead) {
    sum = svadd_f64_m(p, sum, value);
  } else if constexpr (store == Store::kNonTemporal) {
    svstnt1_f64(p, a, value);
  } else {
    svst1_f64(p, a, value);
  }
}

template <Op op, Store store, std::uint64_t pages, std::uint64_t ahead>
double Run(double* a, const double* b, const double* c, std::size_t n) {
  svfloat64_t sum0 = svdup_f64(0), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  const std::uint64_t step = svcntd();
  const auto at = [&](svbool_t p, std::uint64_t i, svfloat64_t& sum) {
    if constexpr (ahead != 0 && op != Op::kWrite) {
      svprfd(p, b + i + ahead, SV_PLDL1STRM);
      if constexpr (op == Op::kAdd || op == Op::kTriad) svprfd(p, c + i + ahead, SV_PLDL1STRM);
    }
    Step<op, store>(p, a + i, b + i, c + i, sum);
  };
  std::uint64_t i = 0;
  if constexpr (pages > 1) {
    for (; i + pages * kPageDoubles <= n; i += pages * kPageDoubles) {
      std::uint64_t line = 0;
      svbool_t p = svwhilelt_b64(line, kPageDoubles);
      do {
        at(p, i + line, sum0);
        at(p, i + kPageDoubles + line, sum1);
        if constexpr (pages > 2) at(p, i + 2 * kPageDoubles + line, sum2);
        if constexpr (pages > 2) at(p, i + 3 * kPageDoubles + line, sum3);
        line += step;
        p = svwhilelt_b64(line, kPageDoubles);
      } while (svptest_first(svptrue_b64(), p));
    }
  }
  const svbool_t all = svptrue_b64();
  for (; i + 4 * step <= n; i += 4 * step) {
    at(all, i, sum0);
    at(all, i + step, sum1);
    at(all, i + 2 * step, sum2);
    at(all, i + 3 * step, sum3);
  }
  for (; i < n; i += step) at(svwhilelt_b64(i, static_cast<std::uint64_t>(n)), i, sum0);
  if constexpr (op != Op::kRead) return 0;
  sum0 = svadd_f64_x(all, svadd_f64_x(all, sum0, sum1), svadd_f64_x(all, sum2, sum3));
  return svaddv_f64(all, sum0);
}

template <Op op, Store store, std::size_t size>
constexpr std::size_t Append(std::array<Kernel, size>& all, std::size_t at) {
  all[at++] = {op, store, "linear", Run<op, store, 1, 0>};
  all[at++] = {op, store, "linear-prefetch", Run<op, store, 1, 256>};
  all[at++] = {op, store, "pages2", Run<op, store, 2, 2 * kPageDoubles>};
  all[at++] = {op, store, "pages4", Run<op, store, 4, 4 * kPageDoubles>};
  return at;
}

template <Store store, std::size_t size>
constexpr std::size_t AppendStoring(std::array<Kernel, size>& all, std::size_t at) {
  at = Append<Op::kWrite, store>(all, at);
  at = Append<Op::kCopy, store>(all, at);
  at = Append<Op::kScale, store>(all, at);
  at = Append<Op::kAdd, store>(all, at);
  return Append<Op::kTriad, store>(all, at);
}

constexpr auto kKernels = [] {
  std::array<Kernel, 44> all{};
  std::size_t at = Append<Op::kRead, Store::kTemporal>(all, 0);
  at = AppendStoring<Store::kTemporal>(all, at);
  AppendStoring<Store::kNonTemporal>(all, at);
  return all;
}();

}  // namespace

std::span<const Kernel> SveKernels() { return kKernels; }

}  // namespace pmubench::stream
