#include <immintrin.h>

#include "stream/vector_kernels.h"
#include "stream/x86_kernels.h"

namespace pmubench::stream {
namespace {

struct Avx2 {
  using Reg = __m256d;
  static constexpr std::size_t kLanes = 4;
  static constexpr bool kHasStream = true;
  static Reg Load(const double* p) { return _mm256_load_pd(p); }
  static void Store(double* p, Reg v) { _mm256_store_pd(p, v); }
  static void Stream(double* p, Reg v) { _mm256_stream_pd(p, v); }
  static Reg Set(double v) { return _mm256_set1_pd(v); }
  static Reg Add(Reg a, Reg b) { return _mm256_add_pd(a, b); }
  static Reg Mul(Reg a, Reg b) { return _mm256_mul_pd(a, b); }
  static Reg MulAdd(Reg a, Reg b, Reg c) { return _mm256_fmadd_pd(b, c, a); }
  static double Sum(Reg v) {
    const __m128d half = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
    return _mm_cvtsd_f64(_mm_add_sd(half, _mm_unpackhi_pd(half, half)));
  }
  static void Prefetch(const double* p) {
    _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
  }
  static void Fence() { _mm_sfence(); }
};

constexpr auto kKernels = Join(AllKernels<Avx2>(), kX86Kernels);

}  // namespace

std::span<const Kernel> Avx2Kernels() { return kKernels; }

}  // namespace pmubench::stream
