// Recording by the best source there is: shared by `pgo record` and `pgo run`.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "branches/branch.h"
#include "branches/perf_recorder.h"
#include "branches/profile.h"
#include "pmubench/result.h"

namespace pmubench {

struct RecordingRequest {
  std::vector<std::string> command;  ///< or, where it is empty,
  pid_t pid = 0;                     ///< a running process
  std::string only;                  ///< sample processes that run this program only; "" all
  long interval_us = 1500;           ///< mean time between stacks, software source
  int depth = 32;                    ///< taken branches a stack, software source
  double seconds = 0;                ///< 0: to the end
};

struct RecordingEnd {
  int exit_code = 0;    ///< of the command
  std::string summary;  ///< what was done, in words
};

/// The first usable source, or the named one ("perf" is any with branch stacks).
[[nodiscard]] Result<BranchSource> ChooseBranchSource(const std::vector<BranchSource>& sources,
                                                      const std::string& wanted);

/// Records into `sink` until the command or process ends, or Ctrl-C: what was seen is kept.
[[nodiscard]] Result<RecordingEnd> RecordBranches(const RecordingRequest& request,
                                                  const BranchSource& source,
                                                  const Permissions& permissions, BranchSink& sink);

/// What a profile leaves out, in words; "" if nothing.
[[nodiscard]] std::string DescribeLosses(const ProfileLosses& losses);

/// Why a recording has no branch in any binary, and what to do. `summary` as in RecordingEnd.
[[nodiscard]] Error ExplainEmptyProfile(const ProfileLosses& losses, const std::string& summary);

}  // namespace pmubench
