// The same source as SVE, compiled for SVE2.
#include "codec/sve/kernels.cc"  // NOLINT(bugprone-suspicious-include)
