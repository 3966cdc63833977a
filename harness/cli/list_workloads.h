// The part of `pmubench list` that knows workloads.
#pragma once

namespace pmubench {

/// Prints the registry, as text or JSON. Gives the exit code.
int ListWorkloads(bool json);

}  // namespace pmubench
