// The last way: a benchmark binary that cannot be hooked is run once for each benchmark and group,
// with counters on the process. Its set-up and Google Benchmark's own work are counted too, so
// there are no figures per iteration, and the record says "process".
#pragma once

#include "runner/launch_suite.h"

namespace pmubench {

[[nodiscard]] Result<LaunchEnd> RunProcessSuite(const LaunchOptions& options);

}  // namespace pmubench
