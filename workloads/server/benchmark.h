// Google Benchmark's view of a server under a load.
#pragma once

#include "server/server_run.h"

namespace pmubench {

/// Registers server/NAME: an iteration is a request where the load tells their number, else a whole
/// load. What is counted is the server's. `run` must outlive the benchmarks; nullptr: for their
/// list.
void RegisterServer(const ServerPlan& plan, ServerRun* run);

}  // namespace pmubench
