// How far ahead of the weights in use memory is asked for.
#pragma once

#include <cstddef>

#include "matvec/weights.h"

namespace pmubench::matvec {

/// Hardware prefetchers stop at a page's end; this is past it.
inline constexpr std::size_t kAheadBytes = 8192;

/// Prefetches the lines of the block `kAheadBytes` after this one; nothing for kAhead = 0.
template <bool ahead>
[[gnu::always_inline]] inline void PrefetchBlock([[maybe_unused]] const Block* block) {
  if constexpr (ahead) {
    const char* p = reinterpret_cast<const char*>(block) + kAheadBytes;
#pragma GCC unroll 9
    for (std::size_t line = 0; line < sizeof(Block); line += 64) __builtin_prefetch(p + line);
  }
}

}  // namespace pmubench::matvec
