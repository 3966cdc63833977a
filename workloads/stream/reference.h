// What others would run: the C library's functions and the compiler's own loops. For comparison
// only; their store type is not ours to choose.
#pragma once

#include "stream/kernel.h"

namespace pmubench::stream {

/// memcpy, memset and "plain" loops at -O3; measured and checked like a kernel.
[[nodiscard]] std::span<const Kernel> ReferenceKernels();

}  // namespace pmubench::stream
