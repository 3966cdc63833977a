// What the passthrough has done so far, in a file that it and its starter both map.
#pragma once

#include <atomic>
#include <cstdint>

namespace pmubench::files {

/// Written by the passthrough alone, with no system call. A file of zeros is a valid beginning.
struct Served {
  std::atomic<std::uint64_t> requests;       ///< of the kernel, of any kind
  std::atomic<std::uint64_t> read_bytes;     ///< of files' content, handed to the kernel
  std::atomic<std::uint64_t> written_bytes;  ///< of files' content, taken from the kernel
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace pmubench::files
