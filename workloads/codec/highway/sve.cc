// The kernels for Highway's HWY_SVE.
#define PMUBENCH_HIGHWAY_TARGET HWY_SVE
#define PMUBENCH_HIGHWAY_KERNELS kHighwaySveKernels
#include "codec/highway/kernels.cc"  // NOLINT(bugprone-suspicious-include)
