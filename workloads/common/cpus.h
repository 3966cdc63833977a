// The CPUs this process may use, and pinning threads to them.
#pragma once

#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// CPUs of the process's affinity mask, ascending.
[[nodiscard]] std::vector<int> AllowedCpus();

/// The calling thread runs on `cpu` only from now on.
Result<void> PinToCpu(int cpu);

/// The first `threads` allowed CPUs. Error where there are fewer: threads that share a CPU would
/// measure the scheduler.
[[nodiscard]] Result<std::vector<int>> CpusForThreads(int threads);

}  // namespace pmubench
