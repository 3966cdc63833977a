#include <immintrin.h>

#include "stream/vector_kernels.h"
#include "stream/x86_kernels.h"

namespace pmubench::stream {
namespace {

struct Avx512 {
  using Reg = __m512d;
  static constexpr std::size_t kLanes = 8;
  static constexpr bool kHasStream = true;
  static Reg Load(const double* p) { return _mm512_load_pd(p); }
  static void Store(double* p, Reg v) { _mm512_store_pd(p, v); }
  static void Stream(double* p, Reg v) { _mm512_stream_pd(p, v); }
  static Reg Set(double v) { return _mm512_set1_pd(v); }
  static Reg Add(Reg a, Reg b) { return _mm512_add_pd(a, b); }
  static Reg Mul(Reg a, Reg b) { return _mm512_mul_pd(a, b); }
  static Reg MulAdd(Reg a, Reg b, Reg c) { return _mm512_fmadd_pd(b, c, a); }
  static double Sum(Reg v) {  // _mm512_reduce_add_pd warns of its own header in GCC 12
    alignas(64) double lanes[kLanes];
    Store(lanes, v);
    double sum = 0;
    for (const double lane : lanes) sum += lane;
    return sum;
  }
  static void Prefetch(const double* p) {
    _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
  }
  static void Fence() { _mm_sfence(); }
};

constexpr auto kKernels = Join(AllKernels<Avx512>(), kX86Kernels);

}  // namespace

std::span<const Kernel> Avx512Kernels() { return kKernels; }

}  // namespace pmubench::stream
