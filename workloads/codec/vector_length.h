// Choosing the length of SVE vectors at run time.
#pragma once

#include "codec/kernels.h"

namespace pmubench::codec {

/// Asks Linux for vectors of `bits` for the calling thread; gives the length that is in force now,
/// which is the longest there is not above `bits`; 0 without SVE. No vector may be live.
int SetVectorLength(int bits);

/// Whether its kernels' vectors are as long as SVE's are.
[[nodiscard]] bool UsesSve(const Isa& isa);

}  // namespace pmubench::codec
