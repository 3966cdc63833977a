// Bytes a kernel moves: as STREAM counts them, and as the memory sees them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stream/kernel.h"

namespace pmubench::stream {

/// Words of 8 bytes per element that the program asks for.
struct Words {
  int read = 0;
  int written = 0;
  [[nodiscard]] int total() const { return read + written; }
};

/// copy and scale 1+1, add and triad 2+1 (McCalpin's counting), read 1+0, write 0+1.
[[nodiscard]] Words WordsOf(Op op);

/// Bytes per element at the memory when a share `write_allocate` (0 to 1) of the stored lines is
/// read before it is written: 8 (R + W + f W).
[[nodiscard]] double MemoryBytes(Op op, double write_allocate);

/// The share f from measured bytes read at the memory over `elements` elements: reads = 8 n (R + f
/// W). Meaningful in about [-0.03, 1.05]; nullopt for a kernel that writes nothing.
[[nodiscard]] std::optional<double> WriteAllocateFromReads(Op op, double bytes_read,
                                                           double elements);

/// Elements a second of a kernel with temporal stores.
struct Rate {
  Op op;
  double elements_per_second;
};

/// Where nothing measures the memory: the f that makes memory bandwidth most alike over kernels
/// that differ in R : W. It is an estimate from time alone, and `spread` ((max-min)/mean of the
/// bandwidths at that f) says how much it explains; compare with `spread_without` at f = 0.
struct WriteAllocateEstimate {
  double share = 0;
  double spread = 0;
  double spread_without = 0;
};
[[nodiscard]] std::optional<WriteAllocateEstimate> EstimateWriteAllocate(
    const std::vector<Rate>& rates);

}  // namespace pmubench::stream
