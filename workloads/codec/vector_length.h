// Choosing the length of SVE vectors at run time.
#pragma once

namespace pmubench::codec {

/// Asks Linux for vectors of `bits` for the calling thread; gives the length that is in force now,
/// which is the longest there is not above `bits`; 0 without SVE. No vector may be live.
int SetVectorLength(int bits);

}  // namespace pmubench::codec
