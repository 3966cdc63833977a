// A file system that hands everything on to a folder below it: the smallest FUSE server that a
// benchmark can stand on.
#pragma once

#define FUSE_USE_VERSION 35
#include <fuse3/fuse_lowlevel.h>

#include <vector>

#include "files/inodes.h"
#include "files/served.h"

namespace pmubench::files {

/// The state of a server: what its operations get as their user data. One thread.
struct Passthrough {
  Passthrough(int root, bool kernel_cache, Served& counts)
      : inodes(root), caches(kernel_cache), served(counts) {}

  Inodes inodes;
  /// Whether the kernel keeps names and attributes for a second, and pages from one opening to the
  /// next. Where not, every operation reaches the server.
  bool caches;
  Served& served;
  std::vector<char> buffer;
};

/// The operations, for fuse_session_new(); a Passthrough is their user data. Hard and symbolic
/// links, extended attributes and special files are refused.
[[nodiscard]] fuse_lowlevel_ops PassthroughOperations();

}  // namespace pmubench::files
