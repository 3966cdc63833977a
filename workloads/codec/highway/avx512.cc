// The kernels for Highway's HWY_AVX3, its name of AVX-512 with F, BW, DQ and VL.
#define PMUBENCH_HIGHWAY_TARGET HWY_AVX3
#define PMUBENCH_HIGHWAY_KERNELS kHighwayAvx512Kernels
#include "codec/highway/kernels.cc"  // NOLINT(bugprone-suspicious-include)
