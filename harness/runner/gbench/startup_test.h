// Proves, before anything is measured, that the loop is bracketed and that counters count.
#pragma once

#include <string>
#include <vector>

#include "counters/self_test.h"

namespace pmubench::gbench {

/// Runs a benchmark with a known number of page faults in a child process, with the session that
/// is active here. The hooks stand on private symbols of Google Benchmark: another version, or
/// link-time optimisation over both, could bypass them.
/// `loop_hooked` says which way the loop is bracketed: by the hooks, or by Counted().
[[nodiscard]] CounterCheck CheckLoopHooks(Kernel& kernel, const Permissions& permissions,
                                          bool loop_hooked);

}  // namespace pmubench::gbench
