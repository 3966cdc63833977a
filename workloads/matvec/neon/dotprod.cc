// sdot: weights of 0 to 15 are the same as signed bytes.
#include "matvec/neon/dot_kernels.h"

namespace pmubench::matvec {
namespace {

struct SignedDot {
  template <int step>
  static int32x4_t Add(int32x4_t sums, uint8x16_t weights, int8x16_t values) {
    return vdotq_laneq_s32(sums, vreinterpretq_s8_u8(weights), values, step);
  }
};

}  // namespace

std::span<const Kernel> NeonDotprodKernels() { return kDotKernels<SignedDot>; }

}  // namespace pmubench::matvec
