// The kernels for Highway's HWY_SVE2.
#define PMUBENCH_HIGHWAY_TARGET HWY_SVE2
#define PMUBENCH_HIGHWAY_KERNELS kHighwaySve2Kernels
#include "codec/highway/kernels.cc"  // NOLINT(bugprone-suspicious-include)
