// usdot, of the int8 matrix extension. Its smmla multiplies by two vectors at once: with the one
// of a decode step, half of the products would be of nothing.
#include "matvec/neon/dot_kernels.h"

namespace pmubench::matvec {
namespace {

struct UnsignedDot {
  template <int step>
  static int32x4_t Add(int32x4_t sums, uint8x16_t weights, int8x16_t values) {
    return vusdotq_laneq_s32(sums, weights, values, step);
  }
};

}  // namespace

std::span<const Kernel> NeonI8mmKernels() { return kDotKernels<UnsignedDot>; }

}  // namespace pmubench::matvec
