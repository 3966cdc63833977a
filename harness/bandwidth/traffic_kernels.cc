#include "bandwidth/traffic_kernels.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace pmubench {
namespace {

/// A cache line at once. The barrier after each keeps compilers from turning the loops into calls
/// of memcpy and memset, which choose stores of their own.
using Line = double __attribute__((vector_size(64), may_alias));
constexpr std::size_t kLine = 8;

Line& At(double* array, std::size_t i) { return *reinterpret_cast<Line*>(array + i); }

void Barrier() { asm volatile("" ::: "memory"); }

double Read(const TrafficArrays& arrays) {
  Line sum{};
  for (std::size_t i = 0; i < arrays.size; i += kLine) {
    sum += At(arrays.b, i);
    Barrier();
  }
  double total = 0;
  for (std::size_t i = 0; i < kLine; ++i) total += sum[i];
  return total;
}

void Write(const TrafficArrays& arrays) {
  const Line value = Line{} + arrays.b[0];
  for (std::size_t i = 0; i < arrays.size; i += kLine) {
    At(arrays.a, i) = value;
    Barrier();
  }
}

void StreamWrite(const TrafficArrays& arrays) {
#if defined(__x86_64__)
  const __m128d value = _mm_set1_pd(arrays.b[0]);
  for (std::size_t i = 0; i < arrays.size; i += 2) _mm_stream_pd(arrays.a + i, value);
  _mm_sfence();
#elif defined(__aarch64__)
  const double value = arrays.b[0];
  for (std::size_t i = 0; i < arrays.size; i += kLine) {
    double* line = arrays.a + i;
    asm volatile(
        "stnp %d1, %d1, [%0]\n\tstnp %d1, %d1, [%0, #16]\n\t"
        "stnp %d1, %d1, [%0, #32]\n\tstnp %d1, %d1, [%0, #48]"
        :
        : "r"(line), "w"(value)
        : "memory");
  }
#else
  Write(arrays);
#endif
}

void Copy(const TrafficArrays& arrays) {
  for (std::size_t i = 0; i < arrays.size; i += kLine) {
    At(arrays.a, i) = At(arrays.b, i);
    Barrier();
  }
}

void Triad(const TrafficArrays& arrays) {
  for (std::size_t i = 0; i < arrays.size; i += kLine) {
    At(arrays.a, i) = At(arrays.b, i) + 3.0 * At(arrays.c, i);
    Barrier();
  }
}

}  // namespace

const std::vector<TrafficKernelInfo>& TrafficKernels() {
  static const std::vector<TrafficKernelInfo> kKernels = {
    {TrafficKernel::kRead, "read", "sum += b[i]", {1, 0, 0}},
    {TrafficKernel::kWrite, "write", "a[i] = s", {0, 1, 1}},
#if defined(__x86_64__) || defined(__aarch64__)
    {TrafficKernel::kStreamWrite, "nt-write", "a[i] = s, non-temporal", {0, 1, 0}},
#endif
    {TrafficKernel::kCopy, "copy", "a[i] = b[i]", {1, 1, 1}},
    {TrafficKernel::kTriad, "triad", "a[i] = b[i] + s * c[i]", {2, 1, 1}}
  };
  return kKernels;
}

double RunTrafficKernel(TrafficKernel kernel, const TrafficArrays& arrays) {
  switch (kernel) {
    case TrafficKernel::kRead:
      return Read(arrays);
    case TrafficKernel::kWrite:
      Write(arrays);
      break;
    case TrafficKernel::kStreamWrite:
      StreamWrite(arrays);
      break;
    case TrafficKernel::kCopy:
      Copy(arrays);
      break;
    case TrafficKernel::kTriad:
      Triad(arrays);
      break;
  }
  return arrays.a[arrays.size / 2];
}

}  // namespace pmubench
