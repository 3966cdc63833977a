#include "stream/reference.h"

#include <cstring>

namespace pmubench::stream {
namespace {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define PMUBENCH_CLONES \
  __attribute__((target_clones("default", "arch=haswell", "arch=skylake-avx512")))
#else
#define PMUBENCH_CLONES
#endif

double Memcpy(double* a, const double* b, const double*, std::size_t n) {
  std::memcpy(a, b, n * sizeof(double));
  return 0;
}

double Memset(double* a, const double*, const double*, std::size_t n) {
  std::memset(a, 0x40, n * sizeof(double));
  return 0;
}

PMUBENCH_CLONES double Scale(double* __restrict a, const double* b, const double*, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) a[i] = kFactor * b[i];
  return 0;
}

PMUBENCH_CLONES double Add(double* __restrict a, const double* b, const double* c, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) a[i] = b[i] + c[i];
  return 0;
}

PMUBENCH_CLONES double Triad(double* __restrict a, const double* b, const double* c,
                             std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) a[i] = b[i] + kFactor * c[i];
  return 0;
}

constexpr Kernel kKernels[] = {{Op::kCopy, Store::kTemporal, "memcpy", Memcpy},
                               {Op::kWrite, Store::kTemporal, "memset", Memset},
                               {Op::kScale, Store::kTemporal, "plain", Scale},
                               {Op::kAdd, Store::kTemporal, "plain", Add},
                               {Op::kTriad, Store::kTemporal, "plain", Triad}};

}  // namespace

std::span<const Kernel> ReferenceKernels() { return kKernels; }

}  // namespace pmubench::stream
