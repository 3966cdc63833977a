// Two registers a step, because the non-temporal store, stnp, takes a pair.
#include <arm_neon.h>

#include "stream/vector_kernels.h"

namespace pmubench::stream {
namespace {

struct Neon {
  using Reg = float64x2x2_t;
  static constexpr std::size_t kLanes = 4;
  static constexpr bool kHasStream = true;
  static Reg Load(const double* p) { return {{vld1q_f64(p), vld1q_f64(p + 2)}}; }
  static void Store(double* p, Reg v) {
    vst1q_f64(p, v.val[0]);
    vst1q_f64(p + 2, v.val[1]);
  }
  static void Stream(double* p, Reg v) {  // no intrinsic: a hint that the line is not read again
    __asm__ volatile("stnp %q1, %q2, [%0]" : : "r"(p), "w"(v.val[0]), "w"(v.val[1]) : "memory");
  }
  static Reg Set(double v) { return {{vdupq_n_f64(v), vdupq_n_f64(v)}}; }
  static Reg Add(Reg a, Reg b) {
    return {{vaddq_f64(a.val[0], b.val[0]), vaddq_f64(a.val[1], b.val[1])}};
  }
  static Reg Mul(Reg a, Reg b) {
    return {{vmulq_f64(a.val[0], b.val[0]), vmulq_f64(a.val[1], b.val[1])}};
  }
  static Reg MulAdd(Reg a, Reg b, Reg c) {
    return {{vfmaq_f64(a.val[0], b.val[0], c.val[0]), vfmaq_f64(a.val[1], b.val[1], c.val[1])}};
  }
  static double Sum(Reg v) { return vaddvq_f64(vaddq_f64(v.val[0], v.val[1])); }
  static void Prefetch(const double* p) { __builtin_prefetch(p); }
  static void Fence() {}  // stnp is only a hint: its order is that of any store
};

constexpr auto kKernels = AllKernels<Neon>();

}  // namespace

std::span<const Kernel> NeonKernels() { return kKernels; }

}  // namespace pmubench::stream
