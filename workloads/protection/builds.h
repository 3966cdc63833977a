// The builds of the kernels that are in this program.
#pragma once

#include <vector>

#include "protection/kernels.h"

namespace pmubench::protection {

/// Those that this CPU can run, the unprotected one of each instruction set first.
[[nodiscard]] std::vector<const Kernels*> Builds();

}  // namespace pmubench::protection
