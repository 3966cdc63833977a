#include "protection/builds.h"

#include <cstring>
#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace pmubench::protection {

// PMUBENCH_PROTECTION_BUILDS is BUILD(name) for each, in CMakeLists.txt's order.
#define BUILD(name)              \
  namespace name {               \
  extern const Kernels kKernels; \
  }
PMUBENCH_PROTECTION_BUILDS
#undef BUILD

namespace {

/// Armv8.5-A's own instructions, retaa among them, are undefined before; those of the other builds
/// are NOPs where the CPU lacks their meaning.
bool Runs([[maybe_unused]] const Kernels& kernels) {
#if defined(__aarch64__)
  if (std::strcmp(kernels.isa, "armv8.5-a") == 0) {
    return (getauxval(AT_HWCAP) & HWCAP_PACA) != 0 && (getauxval(AT_HWCAP2) & HWCAP2_BTI) != 0;
  }
#endif
  return true;
}

}  // namespace

std::vector<const Kernels*> Builds() {
#define BUILD(name) &name::kKernels,
  std::vector<const Kernels*> builds = {PMUBENCH_PROTECTION_BUILDS};
#undef BUILD
  std::erase_if(builds, [](const Kernels* kernels) { return !Runs(*kernels); });
  return builds;
}

}  // namespace pmubench::protection
