// Matrix-vector products of one instruction set each.
#pragma once

#include <span>

#include "matvec/weights.h"

namespace pmubench::matvec {

/// y[row] = activations.scale * the sum over groups, first to last, of scale * (sum of weight *
/// value), in floats; the inner sum is of whole numbers. Bit for bit the same in every kernel.
/// Reads nothing outside the matrix and the activations (it may prefetch beyond).
using Function = void (*)(const Matrix& matrix, const Activations& activations, float* y);

struct Kernel {
  const char* method;  ///< "plain" leaves prefetching to the hardware; "prefetch" asks for it too
  Function run;
};

struct Isa {
  const char* name;
  bool (*supported)();  ///< by the CPU this runs on
  std::span<const Kernel> (*kernels)();
};

/// Those compiled for this architecture, narrowest first: "scalar" is always there.
[[nodiscard]] std::span<const Isa> Isas();

/// Bits of an SVE vector here; 0 where there is no SVE.
[[nodiscard]] int VectorLength();

}  // namespace pmubench::matvec
