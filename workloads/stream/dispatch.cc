// Which instruction sets are compiled in, and which of them this CPU has.
#include <cstring>

#include "stream/kernel.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace pmubench::stream {

std::span<const Kernel> ScalarKernels();

namespace {

bool Always() { return true; }

#if defined(__x86_64__)
}  // namespace
std::span<const Kernel> Avx2Kernels();
std::span<const Kernel> Avx512Kernels();
namespace {
// These builtins also ask XGETBV whether the kernel saves the registers.
bool HasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool HasAvx512() { return __builtin_cpu_supports("avx512f"); }
constexpr Isa kIsas[] = {{"avx512", HasAvx512, Avx512Kernels},
                         {"avx2", HasAvx2, Avx2Kernels},
                         {"scalar", Always, ScalarKernels}};
#elif defined(__aarch64__)
}  // namespace
std::span<const Kernel> NeonKernels();
std::span<const Kernel> SveKernels();
namespace {
bool HasSve() { return (getauxval(AT_HWCAP) & HWCAP_SVE) != 0; }
constexpr Isa kIsas[] = {
    {"sve", HasSve, SveKernels}, {"neon", Always, NeonKernels}, {"scalar", Always, ScalarKernels}};
#else
constexpr Isa kIsas[] = {{"scalar", Always, ScalarKernels}};
#endif

// Measured (docs/workloads/stream.md): Intel's cores read and store past the caches faster with
// many streams at once, AMD's with one; AMD's store into the caches faster 16 bytes at a time.
#if defined(__x86_64__)
bool IsIntel() { return __builtin_cpu_is("intel") != 0; }
bool IsAmd() { return __builtin_cpu_is("amd") != 0; }
#else
bool IsIntel() { return false; }
bool IsAmd() { return false; }
#endif

}  // namespace

std::span<const Isa> Isas() { return kIsas; }

const Isa& BestIsa() {
  for (const Isa& isa : Isas()) {
    if (isa.supported()) return isa;
  }
  return Isas().back();
}

const Isa* FindIsa(const char* name) {
  for (const Isa& isa : Isas()) {
    if (std::strcmp(isa.name, name) == 0) return &isa;
  }
  return nullptr;
}

const Kernel* FindKernel(const Isa& isa, Op op, Store store, const char* method) {
  for (const Kernel& kernel : isa.kernels()) {
    if (kernel.op == op && kernel.store == store && std::strcmp(kernel.method, method) == 0) {
      return &kernel;
    }
  }
  return nullptr;
}

const char* DefaultMethod(const Isa& isa, Op op, Store store) {
  if (IsAmd() && FindKernel(isa, op, store, "narrow") != nullptr) return "narrow";
  if (op == Op::kWrite) return "linear";
  const bool past_caches = op == Op::kRead || store == Store::kNonTemporal;
  return IsIntel() && past_caches ? "pages4" : "linear-prefetch";
}

const char* Name(Op op) {
  constexpr const char* kNames[] = {"read", "write", "copy", "scale", "add", "triad"};
  return kNames[static_cast<int>(op)];
}

const char* Name(Store store) { return store == Store::kTemporal ? "temporal" : "nontemporal"; }

}  // namespace pmubench::stream
