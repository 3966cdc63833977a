// The kernels for Highway's HWY_AVX2.
#define PMUBENCH_HIGHWAY_TARGET HWY_AVX2
#define PMUBENCH_HIGHWAY_KERNELS kHighwayAvx2Kernels
#include "codec/highway/kernels.cc"  // NOLINT(bugprone-suspicious-include)
