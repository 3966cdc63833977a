// Moves known bytes and compares what a source measures of them.
#pragma once

#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

struct BandwidthCheckOptions {
  std::string source;
  std::string format = "text";
  double seconds = 2;  ///< of each kernel
  double tolerance = 0.05;
  int socket = -1;       ///< -1: all
  double array_mib = 0;  ///< of each of a thread's three arrays; 0: by the size of the caches
};

/// The exit code: 1 where the source differs.
[[nodiscard]] Result<int> RunBandwidthCheck(const BandwidthCheckOptions& options);

}  // namespace pmubench
