// One double at a time; auto-vectorisation is off here by the build, the memcpy idiom by this.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif
#include "stream/vector_kernels.h"

namespace pmubench::stream {
namespace {

struct Scalar {
  using Reg = double;
  static constexpr std::size_t kLanes = 1;
  static constexpr bool kHasStream = false;
  static Reg Load(const double* p) { return *p; }
  static void Store(double* p, Reg v) { *p = v; }
  static void Stream(double* p, Reg v) { *p = v; }
  static Reg Set(double v) { return v; }
  static Reg Add(Reg a, Reg b) { return a + b; }
  static Reg Mul(Reg a, Reg b) { return a * b; }
  static Reg MulAdd(Reg a, Reg b, Reg c) { return a + b * c; }
  static double Sum(Reg v) { return v; }
  static void Prefetch(const double* p) { __builtin_prefetch(p); }
  static void Fence() {}
};

constexpr auto kKernels = AllKernels<Scalar>();

}  // namespace

std::span<const Kernel> ScalarKernels() { return kKernels; }

}  // namespace pmubench::stream
