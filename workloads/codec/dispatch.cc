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
extern const Kernels kHighwayNeonKernels;
extern const Kernels kHighwaySveKernels;
extern const Kernels kHighwaySve2Kernels;
extern const Kernels kHighwayAvx2Kernels;
extern const Kernels kHighwayAvx512Kernels;
int SveBits();

namespace {

bool Always() { return true; }

#if defined(__x86_64__)
bool HasAvx2() { return __builtin_cpu_supports("avx2"); }
bool HasAvx512() {
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#ifdef PMUBENCH_HIGHWAY
bool HasHighwayAvx2() {
  return HasAvx2() && __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("fma");
}
bool HasHighwayAvx512() {
  return HasHighwayAvx2() && HasAvx512() && __builtin_cpu_supports("avx512dq");
}
#endif
const Isa kIsas[] = {
    {"scalar", Always, &kScalarKernels},
    {"avx2", HasAvx2, &kAvx2Kernels},
    {"avx512", HasAvx512, &kAvx512Kernels},
#ifdef PMUBENCH_HIGHWAY
    {"highway-avx2", HasHighwayAvx2, &kHighwayAvx2Kernels},
    {"highway-avx512", HasHighwayAvx512, &kHighwayAvx512Kernels},
#endif
};
#elif defined(__aarch64__)
#ifndef HWCAP2_SVE2
#define HWCAP2_SVE2 (1 << 1)
#endif
#ifndef HWCAP2_SVEAES
#define HWCAP2_SVEAES (1 << 2)
#define HWCAP2_SVEPMULL (1 << 3)
#endif
bool HasDotprod() { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
bool HasSve() { return (getauxval(AT_HWCAP) & HWCAP_SVE) != 0; }
bool HasSve2() { return (getauxval(AT_HWCAP2) & HWCAP2_SVE2) != 0; }
#ifdef PMUBENCH_HIGHWAY
// Highway's headers let the compiler use the cryptographic extensions too.
bool HasHighwayNeon() {
  constexpr unsigned long kCrypto = HWCAP_AES | HWCAP_PMULL | HWCAP_SHA1 | HWCAP_SHA2;
  return (getauxval(AT_HWCAP) & kCrypto) == kCrypto;
}
bool HasHighwaySve2() {
  constexpr unsigned long kCrypto = HWCAP2_SVEAES | HWCAP2_SVEPMULL;
  return HasSve2() && HasHighwayNeon() && (getauxval(AT_HWCAP2) & kCrypto) == kCrypto;
}
#endif
const Isa kIsas[] = {
    {"scalar", Always, &kScalarKernels},
    {"neon", Always, &kNeonKernels},
    {"neon-dotprod", HasDotprod, &kNeonDotprodKernels},
    {"sve", HasSve, &kSveKernels},
    {"sve2", HasSve2, &kSve2Kernels},
#ifdef PMUBENCH_HIGHWAY
    {"highway-neon", HasHighwayNeon, &kHighwayNeonKernels},
    {"highway-sve", HasSve, &kHighwaySveKernels},
    {"highway-sve2", HasHighwaySve2, &kHighwaySve2Kernels},
#endif
};
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
