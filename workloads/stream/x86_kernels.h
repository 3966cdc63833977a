// Methods that x86 has at every vector width: accesses of 16 bytes, with which AMD's cores store
// faster than with wider ones (docs/workloads/stream.md), and the string instructions, where the
// processor chooses whether it reads a line before it stores it.
#pragma once

#include <immintrin.h>

#include <array>
#include <bit>
#include <cstdint>

#include "stream/vector_kernels.h"

namespace pmubench::stream {
namespace {

struct Sse2 {
  using Reg = __m128d;
  static constexpr std::size_t kLanes = 2;
  static Reg Load(const double* p) { return _mm_load_pd(p); }
  static void Store(double* p, Reg v) { _mm_store_pd(p, v); }
  static Reg Set(double v) { return _mm_set1_pd(v); }
  static Reg Add(Reg a, Reg b) { return _mm_add_pd(a, b); }
  static Reg Mul(Reg a, Reg b) { return _mm_mul_pd(a, b); }
  static Reg MulAdd(Reg a, Reg b, Reg c) { return _mm_add_pd(a, _mm_mul_pd(b, c)); }
  static double Sum(Reg v) { return _mm_cvtsd_f64(_mm_add_sd(v, _mm_unpackhi_pd(v, v))); }
  static void Prefetch(const double*) {}
};

double WriteString(double* a, const double*, const double*, std::size_t n) {
  static_assert(std::bit_cast<std::uint64_t>(kWritten) == 0x4040404040404040);
  std::size_t bytes = n * sizeof(double);
  asm volatile("rep stosb" : "+D"(a), "+c"(bytes) : "a"(0x40) : "memory");
  return 0;
}

double CopyString(double* a, const double* b, const double*, std::size_t n) {
  std::size_t bytes = n * sizeof(double);
  asm volatile("rep movsb" : "+D"(a), "+S"(b), "+c"(bytes) : : "memory");
  return 0;
}

template <Op op>
constexpr Kernel kNarrow = {op, Store::kTemporal, "narrow", Run<Sse2, op, Store::kTemporal, 1, 0>};

constexpr std::array<Kernel, 8> kX86Kernels = {
    {kNarrow<Op::kRead>,
     kNarrow<Op::kWrite>,
     kNarrow<Op::kCopy>,
     kNarrow<Op::kScale>,
     kNarrow<Op::kAdd>,
     kNarrow<Op::kTriad>,
     {Op::kWrite, Store::kTemporal, "string", WriteString},
     {Op::kCopy, Store::kTemporal, "string", CopyString}}};

}  // namespace
}  // namespace pmubench::stream
