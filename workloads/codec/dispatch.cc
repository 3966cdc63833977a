// Which instruction sets are compiled in, and which of them this CPU has.
#include "codec/kernels.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace pmubench::codec {

extern const Kernels kScalarKernels;
extern const Kernels kNeonKernels;
extern const Kernels kNeonDotprodKernels;
extern const Kernels kSveKernels;
extern const Kernels kSve2Kernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
int SveBits();

namespace {

bool Always() { return true; }

#if defined(__x86_64__)
bool HasAvx2() { return __builtin_cpu_supports("avx2"); }
bool HasAvx512() {
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
const Isa kIsas[] = {{"scalar", Always, &kScalarKernels},
                     {"avx2", HasAvx2, &kAvx2Kernels},
                     {"avx512", HasAvx512, &kAvx512Kernels}};
#elif defined(__aarch64__)
#ifndef HWCAP2_SVE2
#define HWCAP2_SVE2 (1 << 1)
#endif
bool HasDotprod() { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
bool HasSve() { return (getauxval(AT_HWCAP) & HWCAP_SVE) != 0; }
bool HasSve2() { return (getauxval(AT_HWCAP2) & HWCAP2_SVE2) != 0; }
const Isa kIsas[] = {{"scalar", Always, &kScalarKernels},
                     {"neon", Always, &kNeonKernels},
                     {"neon-dotprod", HasDotprod, &kNeonDotprodKernels},
                     {"sve", HasSve, &kSveKernels},
                     {"sve2", HasSve2, &kSve2Kernels}};
#else
const Isa kIsas[] = {{"scalar", Always, &kScalarKernels}};
#endif

}  // namespace

std::span<const Isa> Isas() { return kIsas; }

int VectorLength() {
#if defined(__aarch64__)
  return HasSve() ? SveBits() : 0;
#else
  return 0;
#endif
}

}  // namespace pmubench::codec
