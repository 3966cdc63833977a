// The kernels for Highway's HWY_NEON.
#define PMUBENCH_HIGHWAY_TARGET HWY_NEON
#define PMUBENCH_HIGHWAY_KERNELS kHighwayNeonKernels
#include "codec/highway/kernels.cc"  // NOLINT(bugprone-suspicious-include)
