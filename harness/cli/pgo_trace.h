// Branch stacks by Arm's instruction trace (ETE and TRBE, or ETM and a sink): perf records and
// decodes it, with OpenCSD; we say how, and import what comes out.
#pragma once

#include <string>

#include "cli/pgo_recording.h"
#include "pmubench/result.h"

namespace pmubench {

/// The shell commands that lead from a program to a perf.data file with branch stacks.
struct TraceCommands {
  std::string record;
  std::string decode;
};

/// `strobing`: the driver's events/autofdo is there, which records a window now and then instead of
/// every instruction. Pure.
[[nodiscard]] TraceCommands MakeTraceCommands(const RecordingRequest& request, bool strobing,
                                              const std::string& raw, const std::string& decoded);

/// Whether the cs_etm driver of the machine under `root` offers strobing.
[[nodiscard]] bool CanStrobe(const std::string& root);

/// Records and decodes; gives the path of a temporary perf.data file, for PrintPerfData. Errors:
/// kNotFound (no perf), kBadInput (the command cannot be started), kSystem (trace or decoder).
[[nodiscard]] Result<std::string> RecordTrace(const RecordingRequest& request,
                                              const std::string& root = "/");

}  // namespace pmubench
