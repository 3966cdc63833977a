// Which instruction sets are compiled in, and which of them this CPU has.
#include "matvec/kernels.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace pmubench::matvec {

std::span<const Kernel> ScalarKernels();
std::span<const Kernel> Avx2Kernels();
std::span<const Kernel> Avx512Kernels();
std::span<const Kernel> NeonDotprodKernels();
std::span<const Kernel> NeonI8mmKernels();
std::span<const Kernel> SveKernels();
int SveBits();

namespace {

bool Always() { return true; }

#if defined(__x86_64__)
// These builtins also ask XGETBV whether the kernel saves the registers.
bool HasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool HasAvx512() {
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vnni");
}
constexpr Isa kIsas[] = {{"scalar", Always, ScalarKernels},
                         {"avx2", HasAvx2, Avx2Kernels},
                         {"avx512-vnni", HasAvx512, Avx512Kernels}};
#elif defined(__aarch64__)
#ifndef HWCAP2_I8MM
#define HWCAP2_I8MM (1 << 13)
#endif
bool HasDotprod() { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
bool HasI8mm() { return (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0; }
bool HasSve() { return (getauxval(AT_HWCAP) & HWCAP_SVE) != 0; }
constexpr Isa kIsas[] = {{"scalar", Always, ScalarKernels},
                         {"neon-dotprod", HasDotprod, NeonDotprodKernels},
                         {"neon-i8mm", HasI8mm, NeonI8mmKernels},
                         {"sve", HasSve, SveKernels}};
#else
constexpr Isa kIsas[] = {{"scalar", Always, ScalarKernels}};
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

}  // namespace pmubench::matvec
