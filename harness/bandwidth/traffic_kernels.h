// Loops that move known bytes to and from memory.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pmubench {

enum class TrafficKernel { kRead, kWrite, kStreamWrite, kCopy, kTriad };

/// Words that each element of the arrays moves.
struct TrafficWords {
  int read = 0;       ///< that the program reads
  int write = 0;      ///< that it writes
  int allocated = 0;  ///< of those written, read before by a cache that allocates on writes
};

struct TrafficKernelInfo {
  TrafficKernel kernel = TrafficKernel::kRead;
  std::string name;   ///< "read", "write", "nt-write", "copy", "triad"
  std::string about;  ///< "a[i] = b[i]"
  TrafficWords words;
};

/// Those this processor can run. Non-temporal writes are where the instruction set has stores that
/// bypass the caches (x86) or say that the line is not needed again (Arm).
[[nodiscard]] const std::vector<TrafficKernelInfo>& TrafficKernels();

/// Three arrays of `size` doubles, `size` a multiple of 8.
struct TrafficArrays {
  double* a = nullptr;
  double* b = nullptr;
  double* c = nullptr;
  std::size_t size = 0;
};

/// Runs once over [0, size): reads b (and c), writes a. Gives a value that depends on what was
/// read, so that no compiler drops it.
double RunTrafficKernel(TrafficKernel kernel, const TrafficArrays& arrays);

}  // namespace pmubench
